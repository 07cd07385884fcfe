package core

import (
	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// A FormatFit is a number format that the model could be served in.
type FormatFit struct {
	Key     string  // of the field "Weights served in"
	Bits    int     // of a weight: 16, 8 or 4
	Weights float64 // bytes of one copy
	GPUs    float64 // the fewest that hold one copy and one answer; 0 where none do
	Now     bool    // it is the one in force
}

// ServingFormats says for 16, 8 and 4 bits what one copy of the model takes of
// the machines that answer.
func ServingFormats(in *Resolved) (fits [3]FormatFit) {
	for i, f := range [...]FormatFit{{Key: "bf16", Bits: 16}, {Key: eightBits(in), Bits: 8}, {Key: fourBits(in), Bits: 4}} {
		format, problem := model.FindFormat(f.Key)
		if problem != nil {
			continue // a test over machines finds it
		}
		s := servedAs(in, format)
		f.Weights, f.GPUs, f.Now = s.M.Stored, serve.Fewest(&s), format == in.Format
		fits[i] = f
	}
	return fits
}

// servedAs is the service with the weights in another format.
func servedAs(in *Resolved, f *model.Format) serve.Service {
	var c model.Counts
	in.Arch.Count(&c)
	s := in.Serving.Service
	fit, _ := in.FitOf(f)
	s.M, s.C = serve.NewModel(&in.Arch, &c, f, unit.Bytes(in.KVBytes)), fit.Constants
	return s
}

// eightBits is the format of 8 bits that suits the machines that answer.
func eightBits(in *Resolved) string {
	if a := in.Serve.Acc; a != nil && !a.Peak[catalog.FP8].Known {
		return "int8"
	}
	return "fp8"
}

// fourBits is the format of 4 bits that suits them.
func fourBits(in *Resolved) string {
	if a := in.Serve.Acc; a != nil && a.Peak[catalog.FP4].Known {
		return "nvfp4"
	}
	return "int4"
}

// askedOfCopy is the GPUs that one copy was to have: those asked for, or the
// most that are tried.
func askedOfCopy(in *Resolved) float64 {
	if in.Given(scenario.CopyGPUs) {
		return wholeHalves(in.V(scenario.CopyGPUs))
	}
	return min(max(in.Serving.Service.LargestCopy, 1), serve.LargestCopy)
}

// warnNoRoom says what a copy that does not fit takes and what there is, and
// what would hold it.
func warnNoRoom(in *Resolved, out *Report) {
	s := &in.Serving.Service
	n := askedOfCopy(in)
	w := Warning{Code: WarnServeBig, GPUs: n, Fewest: serve.Fewest(s), Note: in.Serve.Name}
	w.A, w.B = serve.OneAnswer(s, n)
	for _, f := range ServingFormats(in) {
		if w.Bits == 0 && f.Weights < s.M.Stored && f.GPUs > 0 && f.GPUs <= n {
			w.Bits = f.Bits
		}
	}
	out.add(w)
}
