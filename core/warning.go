package core

import (
	"math"
	"strconv"

	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// WarningCode names a kind of warning.
type WarningCode uint8

// What the reader may have to know.
const (
	WarnNoFit        WarningCode = iota // A bytes needed, B bytes there
	WarnTight                           // A share of memory used
	WarnAbovePeak                       // A MFU
	WarnAboveMatmul                     // A MFU, above what matmuls alone reach
	WarnDeadline                        // A days needed, B days there
	WarnBudget                          // A USD needed, B USD there
	WarnBatchSmall                      // A copies, B sequences in the batch
	WarnUnderTrained                    // A tokens per parameter
	WarnOutOfLaw                        // Note says where
	WarnEpochs                          // A epochs
	WarnSpeculative                     // Note: model
	WarnEstimated                       // Note: model
	WarnPrecision                       // Note: precision that the card lacks
	WarnMFUFar                          // Note: how the MFU was taken from elsewhere
	WarnServeBig                        // A bytes needed by a copy with one answer, B there on GPUs × Note
	WarnServeSlow                       // A s per token, B asked for
	WarnListPrice                       // A ratio to the market
	WarnShape                           // Note
	WarnReported                        // A J and B GPUs as reported, Note: model
	WarnNeedGPUs                        // A GPUs at least
	WarnServeLate                       // A s to the first token, B asked for
	WarnMFUAway                         // A MFU given, B predicted; Note: above or below its range
	WarnNoLink                          // Note: machine whose fast link is not known
	WarnIdle                            // A GPUs of B have work
	WarnScale                           // A GPUs, B of the largest measured run
	WarnSpeechStep                      // a speech model's step is timed by a text model
	WarnServeSpread                     // A GPUs over which a copy's experts are dealt out
	WarnServeFar                        // answering on a machine or in a format that was not measured; Note: engine
	WarnRecurrent                       // the step of a model with recurrent layers is counted, none was measured
)

// estimateWarnings gathers what can be said from the estimate alone.
func warn(in *Resolved, out *Report) {
	if p := in.Preset; p != nil && p.EnergyMWh > 0 && p.GPUs > 0 && in.V(scenario.GPUs) != p.GPUs && in.Ask != "check" {
		out.warnf(WarnReported, p.EnergyMWh*3.6e9, p.GPUs, in.ModelName)
	}
	if !out.Fits {
		out.warnf(WarnNoFit, out.Peak.Total, in.Train.Memory, "")
	} else if share := out.Peak.Total / in.Train.Memory; share > 0.92 {
		out.warnf(WarnTight, share, 0, "")
	}
	mfu := out.V[MFU].V
	if mfu > 1 {
		out.warnf(WarnAbovePeak, mfu, 0, "")
	} else if mfu > 0.8 {
		out.warnf(WarnAboveMatmul, mfu, 0, "")
	}
	if !in.PeakKnown {
		out.warnf(WarnPrecision, 0, 0, in.PrecisionName)
	}
	switch in.Status {
	case "speculative":
		out.warnf(WarnSpeculative, 0, 0, in.ModelName)
	case "estimated":
		out.warnf(WarnEstimated, 0, 0, in.ModelName)
	}
	if in.ArchNote != "" {
		out.warnf(WarnShape, 0, 0, in.ArchNote)
	}
	if predictsMFU(in) && in.Basis.Evidence >= train.OtherPrecision {
		out.warnf(WarnMFUFar, 0, 0, in.Basis.Evidence.String())
	}
	warnStep(in, out)
	sequences := in.V(scenario.Batch) / in.V(scenario.Seq)
	copies := float64(max(in.Layout.DP, 1) * max(in.Layout.Micro, 1))
	if copies > sequences {
		out.warnf(WarnBatchSmall, copies, sequences, "")
	}
	if tpp := out.V[TokensPerParam].V; out.ScalingOK && tpp < 5 && in.Recipe.Frozen == 0 {
		out.warnf(WarnUnderTrained, tpp, out.V[OptimalParams].V, "")
	}
	if out.ScalingOK && !out.Scaling.Fitted.In() {
		out.warnf(WarnOutOfLaw, out.V[TokensPerParam].V, 0, in.Law.Name)
	}
	if in.Num[scenario.Unique].Known {
		if e := in.V(scenario.Tokens) / in.V(scenario.Unique); e > 4 {
			out.warnf(WarnEpochs, e, 0, "")
		}
	}
	switch {
	case in.Serving.Plan.TooBig:
		warnNoRoom(in, out)
	case in.Serving.Plan.TooSlow && in.Serving.Service.M.Patches == 0:
		out.warnf(WarnServeSlow, out.Serve.Full.TPOT, in.V(scenario.TPOT), "")
	case in.Serving.Plan.TooLate || in.Serving.Plan.TooSlow:
		out.warnf(WarnServeLate, out.Serve.Full.TTFT, in.V(scenario.TTFT), "")
	}
	switch {
	case !out.Serve.OK:
	case in.Serving.Near:
		out.warnf(WarnServeFar, 0, 0, in.Serving.Fit.Engine)
	case in.Serving.Plan.L.DP > 1:
		out.warnf(WarnServeSpread, out.Serve.GPUs, 0, "")
	}
	if out.Known[ListPriceRatio] {
		if r := out.V[ListPriceRatio].V; r > 3 || r < 1.0/10 {
			out.warnf(WarnListPrice, r, 0, in.Serving.ListName)
		}
	}
}

// warnStep says where the predicted step stands on little.
func warnStep(in *Resolved, out *Report) {
	n := in.V(scenario.GPUs)
	if used := float64(in.Layout.GPUs()); used < n {
		out.warnf(WarnIdle, used, n, "")
	}
	if in.Given(scenario.MFU) {
		r, given := predictedMFU(in, out), out.V[MFU]
		switch {
		case given.Lo > r.Hi:
			out.warnf(WarnMFUAway, given.V, r.V, "above")
		case given.Hi < r.Lo:
			out.warnf(WarnMFUAway, given.V, r.V, "below")
		}
		return
	}
	if n > 1 && in.Train.Link <= 0 {
		out.warnf(WarnNoLink, 0, 0, in.Train.Name)
	}
	if n > train.LargestMeasured {
		out.warnf(WarnScale, n, train.LargestMeasured, "")
	}
	if in.Arch.Encoder.Layers > 0 {
		out.warnf(WarnSpeechStep, 0, 0, "")
	}
	if in.Arch.Mamba.Layers > 0 {
		out.warnf(WarnRecurrent, 0, 0, "")
	}
}

// noRoomText says that the model does not fit the machines that answer, and what
// would hold it.
func noRoomText(w *Warning) (says, fix string) {
	gpus := func(n float64) string { return unit.Short(unit.Count, n) + " × " + w.Note }
	says = "The model cannot answer from " + gpus(w.GPUs) + ": a copy with one answer takes " + unit.Short(unit.ByteCount, w.A) + ", and there is room for " + unit.Short(unit.ByteCount, math.Max(0, w.B)) + "."
	bits := strconv.Itoa(w.Bits) + " bits"
	switch {
	case w.Fewest > w.GPUs && w.Bits > 0:
		return says, gpus(w.Fewest) + " would hold it, or weights in " + bits + "."
	case w.Fewest > w.GPUs:
		return says, gpus(w.Fewest) + " would hold it."
	case w.Bits > 0:
		return says, "Weights in " + bits + " would fit."
	}
	return says, "Serve on cards with more memory, or in fewer bits."
}

// warnSolved adds what depends on the reader's limits.
func warnSolved(in *Resolved, out *Report) {
	if !out.Fits && out.Known[GPUsMemory] && out.V[GPUsMemory].V > out.V[GPUs].V {
		out.warnf(WarnNeedGPUs, out.V[GPUsMemory].V, 0, in.Train.Name)
	}
	if in.Given(scenario.Days) && (in.Ask == "usd" || in.Ask == "days") && out.V[Days].V > in.V(scenario.Days)*1.0001 {
		out.warnf(WarnDeadline, out.V[Days].V, in.V(scenario.Days), "")
	}
	if in.Given(scenario.Budget) && in.Ask != "check" && out.V[Cost].V > in.V(scenario.Budget)*1.0001 {
		out.warnf(WarnBudget, out.V[Cost].V, in.V(scenario.Budget), "")
	}
}

// WarningText is a warning as one sentence, and what the reader can do.
func WarningText(w Warning) (says, fix string) {
	switch w.Code {
	case WarnNoFit:
		return "The training does not fit: each GPU would need " + unit.Short(unit.ByteCount, w.A) + " and has " + unit.Short(unit.ByteCount, w.B) + ".",
			"Take more GPUs, a card with more memory, or a smaller model; days and dollars are those of a machine that could hold it."
	case WarnTight:
		return "Memory is " + unit.Short(unit.Fraction, w.A) + " full; fragments or a longer sequence can break the run.", "Recompute activations, or take more GPUs."
	case WarnAbovePeak:
		return "Impossible: that is " + unit.Short(unit.None, w.A) + " times the GPUs' peak speed.", "One of GPUs, days, tokens, size or number format must be different."
	case WarnAboveMatmul:
		return "A useful share of " + unit.Short(unit.Fraction, w.A) + " is above what the chips reach in matrix products alone (about 70 to 87 % of peak).", "Check GPUs, days and number format."
	case WarnDeadline:
		return "This takes " + unit.Short(unit.DayCount, w.A) + ", longer than the " + unit.Short(unit.DayCount, w.B) + " given.", "Ask for GPUs to see how many would do."
	case WarnBudget:
		return "This costs " + unit.Short(unit.Money, w.A) + ", more than the budget of " + unit.Short(unit.Money, w.B) + ".", "Ask for tokens to see what the budget buys."
	case WarnBatchSmall:
		return unit.Short(unit.Count, w.A) + " copies of the model share a batch of " + unit.Short(unit.Count, w.B) + " sequences, so some would have nothing to do.", "Take a larger batch or fewer GPUs."
	case WarnUnderTrained:
		return "Only " + unit.Short(unit.TokensPerParam, w.A) + ": a smaller model on more tokens would learn more from the same compute.", "About " + unit.Words(unit.ParamCount, w.B) + " would use this compute best."
	case WarnOutOfLaw:
		return "The predicted loss lies outside the range that " + w.Note + " was fitted on.", "Read it as a trend, not a figure."
	case WarnEpochs:
		return "The data is read " + unit.Short(unit.None, w.A) + " times; beyond about 4 times, repeats teach less and less.", "Find more data, or train less."
	case WarnSpeculative:
		return w.Note + " is not disclosed by its makers; these figures are speculation by outsiders.", "Treat every result as a rough guess."
	case WarnEstimated:
		return "Some figures of " + w.Note + " are estimates, not disclosures.", "Open a number to see where it comes from."
	case WarnPrecision:
		return "This card has no " + w.Note + " arithmetic; its 16-bit speed is used instead.", "Choose another number format or card."
	case WarnMFUFar:
		return "No measured training step is of this machine and number format; what the prediction rests on is " + w.Note + ".", "Give your own measured share of peak (MFU) if you have one."
	case WarnMFUAway:
		return "The useful share given, " + unit.Short(unit.Fraction, w.A) + ", lies " + w.Note + " the range that the step is predicted to reach, about " + unit.Short(unit.Fraction, w.B) + ".",
			"Leave it out to see the prediction; or the layout, the software or the counting of work differs."
	case WarnNoLink:
		return "No fast link between the GPUs of " + w.Note + " is known; the PCIe bus of a server stands in.", "Describe your own accelerator if you know its link."
	case WarnIdle:
		return "Only " + unit.Short(unit.Count, w.A) + " of " + unit.Short(unit.Count, w.B) + " GPUs have work: the batch, the layers or the degrees asked for cannot be shared by more.", "Take a larger batch, or leave degrees open."
	case WarnScale:
		return "No measured step is of more than " + unit.Short(unit.Count, w.B) + " GPUs; for " + unit.Short(unit.Count, w.A) + " the prediction reaches beyond, and its range is wider.", "Give your own measured share of peak (MFU) if you have one."
	case WarnSpeechStep:
		return "No step of a speech model was measured; a text model with as many layers times it.", "Give your own measured share of peak (MFU) if you have one."
	case WarnRecurrent:
		return "No training step of a model with recurrent layers was measured; time and memory are counted from what their programs read, write and keep, and every layer stands for the mean of all.", "Give your own measured share of peak (MFU) if you have one."
	case WarnServeBig:
		return noRoomText(&w)
	case WarnServeSlow:
		return "Even one answer at a time takes " + unit.Short(unit.Time, w.A) + " per token, slower than the " + unit.Short(unit.Time, w.B) + " asked for.", "Allow a slower pace, serve in fewer bits, or on faster memory."
	case WarnListPrice:
		if w.A > 1 {
			return "Answering costs " + unit.Short(unit.None, w.A) + " times the list price of " + w.Note + ".", "Larger batches, fewer bits or busier machines are how hosts get below this."
		}
		return "Answering costs only " + unit.Short(unit.Fraction, w.A) + " of the list price of " + w.Note + ".", "Real services pay for idle time, staff and margin on top."
	case WarnReported:
		return "This is not the run as it was: " + w.Note + " was reported to take " + unit.Short(unit.Count, w.A/3.6e9) + " MWh on " + unit.Short(unit.Count, w.B) + " accelerators.",
			"Open it under Models to see the reported run."
	case WarnNeedGPUs:
		return "At least " + unit.Short(unit.Count, w.A) + " × " + w.Note + " hold this run.", "A few more leave room for buffers and longer sequences."
	case WarnServeLate:
		return "Even without a queue the first word takes " + unit.Short(unit.Time, w.A) + ", longer than the " + unit.Short(unit.Time, w.B) + " asked for.", "Allow a longer wait, keep more of the questions in the cache, or serve on faster machines."
	case WarnServeSpread:
		return "The experts of a copy are dealt out over " + unit.Short(unit.Count, w.A) + " GPUs; measurements of that are few, so the range is twice as wide.", "Two published services lie within it (DeepSeek, SGLang)."
	case WarnServeFar:
		what := "No serving software was measured on such a machine and number format"
		if w.Note != "" {
			what = w.Note + " was not measured on such a machine in this number format"
		}
		return what + "; speeds are carried over from the nearest that were, with a range twice as wide.", "Read speed and cost of answering as a rough guide."
	case WarnShape:
		return w.Note, "Change it in “Shape, layer by layer” under Model."
	}
	return "", ""
}
