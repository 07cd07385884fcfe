package serve

// USDPerMTok is the price of a million answer tokens, USD, with all cost on
// answers: GPUs · USD/GPU-hour / 3600 / (tokens/s · busy) · 1e6.
func USDPerMTok(gpus, usdPerHour, tokensPerSecond, busy float64) float64 {
	return gpus * usdPerHour / 3600 / (tokensPerSecond * busy) * 1e6
}

// FleetUSD is the rent of nodes servers for hours.
func FleetUSD(nodes, gpusPerNode, hours, usdPerHour float64) float64 {
	return nodes * gpusPerNode * hours * usdPerHour
}

// Margin is profit over cost.
func Margin(revenue, cost float64) float64 { return (revenue - cost) / cost }

// A Split is what a question costs by kind of token, USD per token.
type Split struct{ Input, Output float64 }

// Costs splits the machine's time between reading and writing: the seconds of
// one question's prefill over its uncached tokens, and of one decode step over
// its sequences, each at the rent per second of gpus over the busy share.
func Costs(b *Batch, in, cached, gpus, usdPerHour, busy float64) Split {
	second := gpus * usdPerHour / 3600 / busy
	s := Split{Output: second * b.TPOT / b.Seqs}
	if in > cached {
		s.Input = second * b.Prefill.Total / (in - cached)
	}
	return s
}

// PerQuestion is the cost of one question with hidden reasoning tokens, USD.
func (s Split) PerQuestion(in, cached, out, thinking, cachedShare float64) float64 {
	return s.Input*((in-cached)+cachedShare*cached) + s.Output*(out+thinking)
}
