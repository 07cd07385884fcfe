package scenario

// Published is the scenario of a real system as it was published: its model,
// data, machine, and what else is known of the run. What is not known is left
// to the defaults.
func Published(p *Preset) Scenario {
	var s Scenario
	s.SetChoice(Model, p.Key)
	if p.Accelerator != "" {
		s.SetChoice(Accelerator, p.Accelerator)
	}
	if p.Precision != "" {
		s.SetChoice(Precision, p.Precision)
	}
	give := func(n Num, v float64) {
		if v > 0 {
			s.SetValue(n, v)
		}
	}
	give(Tokens, p.Tokens)
	gpus := p.GPUs
	if gpus == 0 && p.GPUHours > 0 {
		// Only the hours are known: a fleet that would take about a month.
		gpus = max(8, float64(int(p.GPUHours/(30*24)/8))*8)
	}
	give(GPUs, gpus)
	if p.MFU > 0 {
		give(MFU, p.MFU)
		if p.GPUs > 0 && p.Days > 0 && wholeRun(p) {
			s.SetNum(Goodput, "100 %") // the published share was taken over the whole time
		}
	}
	give(PowerPerGPU, p.PowerPerGPU)
	give(PUE, p.PUE)
	give(Intensity, p.Intensity)
	return s
}

// wholeRun reports that the published utilisation, GPUs and days agree without
// any time lost, so that the utilisation was taken over the whole run.
func wholeRun(p *Preset) bool {
	r, _ := Resolve(&Scenario{Choice: [ChoiceCount]string{Model: p.Key, Accelerator: p.Accelerator, Precision: p.Precision}})
	flop := p.FLOPs
	if flop == 0 {
		flop = 6 * max(p.ParamsActive, p.ParamsTotal) * p.Tokens
	}
	implied := flop / (p.GPUs * p.Days * 86400 * r.Train.Peak)
	return implied > p.MFU*0.97
}
