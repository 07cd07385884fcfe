package train

import (
	"strconv"
	"strings"

	"flopbook/core/model"
	"flopbook/core/unit"
)

// tensorRule: tensor parallelism divides the heads, those of recurrent layers
// too, and one of it and the key-value heads divides the other.
func tensorRule(a *model.Arch, tp int) bool {
	return a.Heads%tp == 0 && a.Mamba.Heads%tp == 0 && (a.MLA.KVRank > 0 || a.KVHeads <= 0 || a.KVHeads%tp == 0 || tp%a.KVHeads == 0)
}

// chunkRule: interleaved chunks hold the same number of layers, where the
// token table and the output matrix may count as a layer each (Llama 3 and
// BLOOM left out a layer on the first and on the last stage).
func chunkRule(layers, pp, vpp int) bool {
	if vpp <= 1 {
		return pp <= layers
	}
	over := layers % max(pp*vpp, 1)
	return pp > 1 && vpp <= layers && (over == 0 || pp*vpp-over <= 2)
}

// contextRule: each GPU works on an early and a late piece of the sequence, so
// that causal attention is even.
func contextRule(seq float64, cp int) bool { return cp == 1 || int(seq)%(2*cp) == 0 }

// expertRule: expert parallelism divides the experts.
func expertRule(a *model.Arch, ep int) bool {
	return ep == 1 || a.IsMoE() && a.MoE.Experts%ep == 0
}

// pipelineRule: what an order of the pipeline demands of stages, chunks and
// the micro-batches m of a copy. Folded ones cut each stage in two alike,
// DualPipe pairs the stages, and all but 1F1B and GPipe need micro-batches
// enough to fill the pipeline.
func pipelineRule(p Pipeline, layers, pp, vpp, m int) bool {
	if pp <= 1 || p == Pipe1F1B {
		return p == Pipe1F1B
	}
	switch {
	case vpp > 1:
		return false
	case p == PipeGPipe:
		return true
	case p == PipeDualPipe:
		return pp%2 == 0 && m >= 2*pp
	case p == PipeZB2P:
		return m >= 2*pp
	case p.folded():
		return m >= pp && chunkRule(layers, pp, 2)
	}
	return m >= pp
}

// Refuses says which rule the plan breaks, nil if none.
func (s *Search) Refuses(p *Plan) *unit.Problem {
	a := s.Step.Arch
	layers := min(a.Layers, s.Peak.Arch.Layers)
	no := func(field string, v int, wrong, allowed, fix string) *unit.Problem {
		return &unit.Problem{Field: field, Value: strconv.Itoa(v), Wrong: wrong, Allowed: allowed, Fix: fix}
	}
	tp, pp, vpp, cp, ep := max(p.TP, 1), max(p.PP, 1), max(p.VPP, 1), max(p.CP, 1), max(p.EP, 1)
	batch := s.Sequences()
	switch {
	case !tensorRule(a, tp):
		wrong := "does not divide the " + strconv.Itoa(a.Heads) + " heads"
		if a.Mamba.Heads%tp != 0 {
			wrong = "does not divide the " + strconv.Itoa(a.Mamba.Heads) + " heads of the recurrent layers"
		} else if a.Heads%tp == 0 {
			wrong = "and the " + strconv.Itoa(a.KVHeads) + " key-value heads do not divide one another"
		}
		return no("Tensor parallel", tp, wrong, list(a.Heads, func(n int) bool { return tensorRule(a, n) }), "try "+nearest(tp, a.Heads, func(n int) bool { return tensorRule(a, n) }))
	case pp > layers:
		return no("Pipeline parallel", pp, "makes more stages than there are layers", "1 to "+strconv.Itoa(layers), "try "+strconv.Itoa(layers))
	case !chunkRule(layers, pp, vpp):
		ok := func(n int) bool { return chunkRule(layers, pp, n) }
		return no("Pipeline chunks", vpp, "do not cut "+strconv.Itoa(layers)+" layers evenly on "+strconv.Itoa(pp)+" stages, even if token table and output count as a layer each",
			list(layers, ok), "try "+nearest(vpp, layers, ok))
	case !contextRule(s.Step.Seq, cp):
		return no("Context parallel", cp, "does not cut the sequence into an even number of pieces of whole tokens", "half of a divisor of "+unit.Short(unit.Count, s.Step.Seq), "try 1")
	case !expertRule(a, ep):
		if !a.IsMoE() {
			return no("Expert parallel", ep, "needs a model with experts", "1", "try 1")
		}
		ok := func(n int) bool { return expertRule(a, n) }
		return no("Expert parallel", ep, "does not divide the "+strconv.Itoa(a.MoE.Experts)+" experts", list(a.MoE.Experts, ok), "try "+nearest(ep, a.MoE.Experts, ok))
	case tp*pp*cp > s.GPUs:
		return no("GPUs", s.GPUs, "are fewer than the "+strconv.Itoa(tp*pp*cp)+" that one copy is split over (tensor × pipeline × context parallel)", strconv.Itoa(tp*pp*cp)+" or more", "split it less, or take more GPUs")
	case max(p.Micro, 1) > batch:
		return no("Micro-batch", max(p.Micro, 1), "is larger than the batch of "+strconv.Itoa(batch)+" sequences", "1 to "+strconv.Itoa(batch), "try 1")
	}
	if p.DP > 0 {
		q := (batch + max(p.Micro, 1) - 1) / max(p.Micro, 1)
		m := (q + p.DP - 1) / p.DP
		switch {
		case tp*cp*p.DP%ep != 0:
			return no("Expert parallel", ep, "does not divide the "+strconv.Itoa(tp*cp*p.DP)+" GPUs of a pipeline stage", "a divisor of them", "try 1")
		case tp*pp*cp*p.DP > s.GPUs:
			return no("GPUs", s.GPUs, "are fewer than the "+strconv.Itoa(tp*pp*cp*p.DP)+" of the layout", strconv.Itoa(tp*pp*cp*p.DP)+" or more", "split it less, or take more GPUs")
		case p.DP > q:
			return no("Data parallel", p.DP, "makes more copies than there are micro-batches, "+strconv.Itoa(q), "1 to "+strconv.Itoa(q), "try "+strconv.Itoa(q))
		case !pipelineRule(p.Pipeline, layers, pp, vpp, m):
			return no("Pipeline parallel", pp, "does not suit the order of the pipeline with "+strconv.Itoa(m)+" micro-batches a copy", "enough micro-batches to fill it, stages in pairs where both ends start", "take plain 1F1B")
		}
	}
	return nil
}

// Problem says why the search found nothing that fits: the rule that what the
// reader fixed breaks, or the memory that is short. Nil where a plan fits.
func (s *Search) Problem(o *Outcome) *unit.Problem {
	if o.Fits() {
		return nil
	}
	w := &s.Wish
	p := Plan{Layout: model.Layout{TP: w.TP, PP: w.PP, VPP: w.VPP, CP: w.CP, EP: w.EP, Micro: w.Micro}}
	if w.VPP > 1 && w.PP == 0 {
		p.VPP = 0 // the pipeline is still open
	}
	if r := s.Refuses(&p); r != nil {
		return r
	}
	if len(o.Best) == 0 {
		return &unit.Problem{Field: "Layout", Wrong: "has no degrees that fit together on " + strconv.Itoa(s.GPUs) + " GPUs with a batch of " + strconv.Itoa(s.Sequences()) + " sequences",
			Fix: "leave a degree open, or take another number of GPUs"}
	}
	b := &o.Best[0]
	most := b.Peak.Binds()
	fix := "take more GPUs, a card with more memory, or a smaller model"
	switch {
	case s.Wish.Micro > 1:
		fix = "try a micro-batch of 1"
	case s.Wish.Recompute == int(model.RecomputeNone) || s.Wish.Recompute == int(model.RecomputeSelective):
		fix = "recompute all activations"
	case s.Wish.ZeRO >= 0 && s.Wish.ZeRO < 3 && b.DP > 1:
		fix = "share more states between copies (ZeRO 3)"
	}
	return &unit.Problem{Field: "Memory", Value: unit.Short(unit.ByteCount, b.Peak.Total),
		Wrong:   "is what the leanest layout needs on each GPU, most of it " + most.Name + " (" + unit.Short(unit.ByteCount, most.Bytes) + ")",
		Allowed: "up to " + unit.Short(unit.ByteCount, s.Peak.Capacity), Fix: fix}
}

// list writes the values up to most that a rule allows, the middle left out
// where there are many.
func list(most int, ok func(int) bool) string {
	var all []string
	for n := 1; n <= most; n++ {
		if ok(n) {
			all = append(all, strconv.Itoa(n))
		}
	}
	if len(all) > 8 {
		all = append(append(all[:6:6], "…"), all[len(all)-1])
	}
	return strings.Join(all, ", ")
}

// nearest is the allowed value closest to v, the smaller of two.
func nearest(v, most int, ok func(int) bool) string {
	for d := 0; d <= max(v, most); d++ {
		for _, n := range [...]int{v - d, v + d} {
			if n >= 1 && n <= most && ok(n) {
				return strconv.Itoa(n)
			}
		}
	}
	return "1"
}
