package serve

import "math"

// Concurrency is Little's law: what runs at once is the rate of arrival times
// the time each stays; in tokens, tokens/s times seconds per token.
func Concurrency(rate, stay float64) float64 { return rate * stay }

// MD1 is the mean time in a queue with random arrivals and one server that
// always takes service seconds, waiting included: D + λD²/(2(1-λD)). DistServe
// (OSDI 2024) models prefill so. Infinite at full load.
func MD1(service, rate float64) float64 {
	load := rate * service
	if load >= 1 {
		return math.Inf(1)
	}
	return service + rate*service*service/(2*(1-load))
}

// GG1 is the same for bursty arrivals and uneven service, with squared
// coefficients of variation ca2 and cs2.
func GG1(service, rate, ca2, cs2 float64) float64 { return service + GG1Wait(service, rate, ca2, cs2) }

// GG1Wait is the wait alone: that of M/M/1 times (ca2 + cs2)/2 (Allen and
// Cunneen).
func GG1Wait(service, rate, ca2, cs2 float64) float64 {
	load := rate * service
	if load >= 1 {
		return math.Inf(1)
	}
	return (ca2 + cs2) / 2 * load / (1 - load) * service
}

// ErlangC is the probability that an arrival waits, with servers slots and load
// the share of them in use (Erlang 1917). The recursion of Erlang B keeps every
// number small.
func ErlangC(servers int, load float64) float64 {
	switch {
	case servers < 1 || load >= 1:
		return 1
	case load <= 0:
		return 0
	}
	a, b := load*float64(servers), 1.0
	for i := 1; i <= servers; i++ {
		b = a * b / (float64(i) + a*b)
	}
	return b / (1 - load*(1-b))
}

// SlotWait is the mean wait for one of servers slots that are held for hold
// seconds: P(wait)·hold/(c(1-ρ)).
func SlotWait(servers int, load, hold float64) float64 {
	if load >= 1 {
		return math.Inf(1)
	}
	return ErlangC(servers, load) * hold / (float64(servers) * (1 - load))
}

// SlotTail is the probability of waiting longer than t seconds.
func SlotTail(servers int, load, hold, t float64) float64 {
	if load >= 1 {
		return 1
	}
	return ErlangC(servers, load) * math.Exp(-float64(servers)*(1-load)*t/hold)
}

// RefillTokens is the prompt tokens to read per decode step in a steady state:
// batch/out sequences end per step and each is replaced; span is the tokens that
// leave with one of them (jax-ml/scaling-book, inference.md: 32 sequences of
// 8,192 + 4,096 over 4,096 steps make 96 tokens).
func RefillTokens(batch, span, out float64) float64 { return batch * span / out }

// PrefillServers is the prefill machines needed per decode machine when the two
// are apart: B·t_pre/(O·T).
func PrefillServers(prefill, step, batch, out float64) float64 { return batch * prefill / (out * step) }

// SLOKept is the throughput kept when answers must come faster.
func SLOKept(fast, slow float64) float64 { return fast / slow }

// WaitShare is about [ErlangC] in closed form, for any number of servers:
// ρ^(√(2(c+1)) - 1) (Sakasegawa 1977); exact for one server.
func WaitShare(servers, load float64) float64 {
	switch {
	case load >= 1:
		return 1
	case load <= 0:
		return 0
	}
	return math.Min(1, math.Pow(load, math.Sqrt(2*(servers+1))-1))
}

// MeanWait is the mean wait for one of servers slots held for hold seconds,
// with arrivals and holding times of squared coefficients of variation ca2 and
// cs2: P(wait)·(ca2+cs2)/2·hold/(c(1-ρ)) (Allen and Cunneen).
func MeanWait(servers, load, hold, ca2, cs2 float64) float64 {
	if load >= 1 {
		return math.Inf(1)
	}
	return WaitShare(servers, load) * (ca2 + cs2) / 2 * hold / (servers * (1 - load))
}

// LongWait is the wait that one arrival in ten exceeds: those that wait do so
// for exponential times, so ln(10·P(wait)) times the mean wait of those that do.
func LongWait(servers, load, hold, ca2, cs2 float64) float64 {
	if load >= 1 {
		return math.Inf(1)
	}
	return math.Max(0, math.Log(10*WaitShare(servers, load))) * (ca2 + cs2) / 2 * hold / (servers * (1 - load))
}
