package model

import (
	"strconv"

	"flopbook/core/unit"
)

// Recompute says which activations are thrown away in the forward pass and
// computed again in the backward pass.
type Recompute uint8

const (
	RecomputeNone      Recompute = iota // keep everything
	RecomputeSelective                  // scores and weighted values (Korthikanti et al. 2022); beside a fused kernel norms and activations
	RecomputeFull                       // keep each layer's input only
)

var recomputeNames = [...]string{"none", "selective", "full"}

func (r Recompute) String() string {
	if int(r) < len(recomputeNames) {
		return recomputeNames[r]
	}
	return "unknown"
}

// MarshalText writes none, selective or full.
func (r Recompute) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads none, selective or full; the empty text is none.
func (r *Recompute) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = RecomputeNone
		return nil
	}
	for i, n := range recomputeNames {
		if n == string(text) {
			*r = Recompute(i)
			return nil
		}
	}
	return &unit.Problem{Field: "Recomputation", Value: string(text), Wrong: "is unknown", Allowed: "none, selective or full", Fix: "try full when memory is short"}
}

// A Layout says how one copy of a model and its batch are spread over GPUs.
// A degree of zero means 1. GPUs = TP·PP·CP·DP; experts are spread over EP of
// the data-parallel GPUs.
type Layout struct {
	TP        int       `json:"tp"`        // tensor parallel: matrices cut across
	PP        int       `json:"pp"`        // pipeline parallel: layers cut into stages
	VPP       int       `json:"vpp"`       // interleaved chunks of layers per stage
	DP        int       `json:"dp"`        // data parallel: copies that read different sequences
	CP        int       `json:"cp"`        // context parallel: each sequence cut into pieces
	EP        int       `json:"ep"`        // expert parallel: experts spread over data-parallel GPUs
	ZeRO      int       `json:"zero"`      // 0 none, 1 optimizer, 2 and gradients, 3 and weights spread over DP·CP
	Micro     int       `json:"micro"`     // sequences per micro-batch
	Recompute Recompute `json:"recompute"` // none, selective, full

	ETP int `json:"etp,omitzero"` // tensor parallel inside an expert; 0 means TP where EP leaves room for it, else 1

	SP bool `json:"sp,omitzero"` // sequence parallel: norms cut across the tensor-parallel GPUs too
	// Eager attention writes the square of scores to memory; false means a
	// fused kernel (FlashAttention), which keeps one number per query.
	Eager bool `json:"eager,omitzero"`
}

func degree(n int) float64 { return float64(max(n, 1)) }

// GPUs is the number of accelerators that the layout uses.
func (l *Layout) GPUs() int { return max(l.TP, 1) * max(l.PP, 1) * max(l.CP, 1) * max(l.DP, 1) }

// ExpertShards is the number of GPUs that the experts of one pipeline stage
// are cut over, EP·ETP, and Replicas how many copies of each piece there are
// among the stage's TP·CP·DP GPUs (Megatron-LM: world/(etp·ep·pp)).
func (l *Layout) ExpertShards() (shards, replicas float64) {
	stage := degree(l.TP) * degree(l.CP) * degree(l.DP)
	ep, etp := degree(l.EP), float64(l.ETP)
	if l.ETP <= 0 {
		etp = degree(l.TP)
		if ep*etp > stage {
			etp = 1
		}
	}
	return ep * etp, max(1, stage/(ep*etp))
}

// Check lists what is impossible in the layout for the shape.
func (l *Layout) Check(a *Arch) []*unit.Problem {
	var out []*unit.Problem
	bad := func(field string, v int, wrong, allowed, fix string) {
		out = append(out, &unit.Problem{Field: field, Value: strconv.Itoa(v), Wrong: wrong, Allowed: allowed, Fix: fix})
	}
	const most = 10_000_000
	for _, f := range [...]struct {
		name string
		v    int
	}{{"Tensor parallel", l.TP}, {"Pipeline parallel", l.PP}, {"Pipeline chunks", l.VPP}, {"Data parallel", l.DP},
		{"Context parallel", l.CP}, {"Expert parallel", l.EP}, {"Expert tensor parallel", l.ETP}, {"Micro-batch", l.Micro}} {
		if f.v < 0 || f.v > most {
			bad(f.name, f.v, "is out of range", "1 to 10 million", "try 1")
		}
	}
	if out != nil {
		return out
	}
	if l.ZeRO < 0 || l.ZeRO > 3 {
		bad("ZeRO stage", l.ZeRO, "is unknown", "0, 1, 2 or 3", "try 1")
	}
	if l.Recompute > RecomputeFull {
		bad("Recomputation", int(l.Recompute), "is unknown", "none, selective or full", "try none")
	}
	if tp := max(l.TP, 1); tp > a.Heads || a.Heads%tp != 0 {
		bad("Tensor parallel", tp, "does not divide the "+strconv.Itoa(a.Heads)+" heads", "a divisor of "+strconv.Itoa(a.Heads), "try 1")
	}
	if tp := max(l.TP, 1); a.Mamba.Heads%tp != 0 {
		bad("Tensor parallel", tp, "does not divide the "+strconv.Itoa(a.Mamba.Heads)+" heads of the recurrent layers", "a divisor of "+strconv.Itoa(a.Mamba.Heads), "try 1")
	}
	if stages := float64(max(l.PP, 1)) * float64(max(l.VPP, 1)); stages > float64(a.Layers) {
		bad("Pipeline parallel", max(l.PP, 1), "makes more stages than there are layers", "stages times chunks up to "+strconv.Itoa(a.Layers), "try 1")
	}
	if ep := max(l.EP, 1); ep > 1 {
		switch {
		case !a.IsMoE():
			bad("Expert parallel", ep, "needs a model with experts", "1", "try 1")
		case a.MoE.Experts%ep != 0:
			bad("Expert parallel", ep, "does not divide the "+strconv.Itoa(a.MoE.Experts)+" experts", "a divisor of "+strconv.Itoa(a.MoE.Experts), "try 1")
		case float64(ep)*degree(l.ETP) > degree(l.TP)*degree(l.CP)*degree(l.DP):
			bad("Expert parallel", ep, "is more than the GPUs of one pipeline stage", "up to "+strconv.Itoa(max(l.TP, 1)*max(l.CP, 1)*max(l.DP, 1)/max(l.ETP, 1)), "try 1")
		}
	}
	return out
}
