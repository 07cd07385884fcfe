package model

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/expr-lang/expr"

	"flopbook/core/derivation"
)

// Every step of every kind of shape: the text, evaluated by
// an expression library on the inputs shown, gives the value shown.
func TestFormulaShownIsFormulaComputed(t *testing.T) {
	seen := map[string]bool{}
	steps := 0
	check := func(name string, b *derivation.Book) {
		t.Helper()
		if err := b.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, s := range b.Steps() {
			steps++
			seen[s.Name] = true
			env := map[string]any{"ln": math.Log, "sqrt": math.Sqrt, "exp": math.Exp, "pow": math.Pow}
			for _, in := range s.Inputs {
				env[in.Name] = in.Value
			}
			out, err := expr.Eval(s.Expr, env)
			if err != nil {
				t.Errorf("%s, %s: %v", name, s.Name, err)
				continue
			}
			got, isFloat := out.(float64)
			if n, whole := out.(int); whole && !isFloat { // max(1, …) may pick the 1
				got = float64(n)
			}
			if !(math.Abs(got-s.Value) <= 1e-9*math.Abs(s.Value)) {
				t.Errorf("%s, %s = %s: shown %.12g, computed %.12g", name, s.Name, s.Expr, s.Value, got)
			}
			if s.Label == "" || s.Says == "" || !strings.HasSuffix(s.Says, ".") {
				t.Errorf("%s, %s: label and a sentence are needed (%q)", name, s.Name, s.Says)
			}
		}
	}
	for name, a := range shapes() {
		c := count(a)
		book := func() *derivation.Book {
			b := derivation.NewBook()
			a.LetShape(b, derivation.Given, "")
			a.StepsParams(b, c)
			return b
		}
		for _, how := range []AttentionCount{Causal, FullSquare} {
			for r := RecomputeNone; r <= RecomputeFull; r++ {
				for _, seq := range []float64{64, 4096} {
					b := book()
					var f Flops
					if a.Encoder.Layers > 0 {
						a.SequenceFlops(c, seq, how, r, &f)
						a.StepsSequenceFlops(b, c, seq, how, r, &f)
					} else {
						a.Flops(c, seq, how, r, &f)
						a.StepsFlops(b, c, seq, how, r, &f)
					}
					a.StepsKV(b, 2, seq)
					check(name, b)
				}
			}
		}
	}
	for _, n := range []string{"params_total", "params_active", "params_active_head", "flops_per_token", "kv_bytes_per_token", "kv_bytes_sequence", "state_bytes"} {
		if !seen[n] {
			t.Errorf("no step named %s", n)
		}
	}
	t.Logf("%d steps evaluated, %d names", steps, len(seen))
}

func TestHotPathAllocatesNothing(t *testing.T) {
	a := deepseekV3()
	var c Counts
	var f Flops
	var kv, sum float64
	if n := testing.AllocsPerRun(100, func() {
		a.Count(&c)
		a.Flops(&c, 4096, Causal, RecomputeSelective, &f)
		a.SequenceFlops(&c, 4096, Causal, RecomputeSelective, &f)
		kv = float64(a.KVBytes(4096, 2) + a.KVBytesPerToken(2) + a.WeightBytes(&c, &Formats[0]))
		sum += float64(a.DecodeFLOPs(&c, 100) + a.PrefillFLOPs(&c, 100, 10))
		d := Dense(7e9)
		sum += kv + float64(d.Layers)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkModel(b *testing.B) {
	a := deepseekV3()
	var c Counts
	var f Flops
	b.ReportAllocs()
	for b.Loop() {
		a.Count(&c)
		a.Flops(&c, 4096, Causal, RecomputeSelective, &f)
	}
}

func TestConventionsAreOrdered(t *testing.T) {
	for name, a := range shapes() {
		c := count(a)
		if !(c.Active[WithEmbeddings] >= c.Active[WithoutInput] && c.Active[WithoutInput] > c.Active[WithoutEmbeddings] && c.Total >= c.Active[WithEmbeddings]) {
			t.Errorf("%s: %v of %v", name, c.Active, c.Total)
		}
		sum := c.Embedding + c.Positions + c.Attention + c.Mamba + c.Cross + c.MLP + c.Experts + c.Shared + c.Router + c.Norms + c.Output + c.Encoder
		if sum != c.Total {
			t.Errorf("%s: parts %v, total %v", name, sum, c.Total)
		}
	}
}

func TestJSON(t *testing.T) {
	for name, a := range shapes() {
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back Arch
		if err := json.Unmarshal(data, &back); err != nil || back != a {
			t.Errorf("%s: %v, %s", name, err, data)
		}
	}
	data, _ := json.Marshal(Layout{TP: 8, Recompute: RecomputeFull})
	if !strings.Contains(string(data), `"recompute":"full"`) {
		t.Errorf("%s", data)
	}
	var l Layout
	if err := json.Unmarshal([]byte(`{"tp":2,"recompute":"selective"}`), &l); err != nil || l.TP != 2 || l.Recompute != RecomputeSelective {
		t.Errorf("%v, %+v", err, l)
	}
	if err := json.Unmarshal([]byte(`{"recompute":"some"}`), &l); err == nil {
		t.Error("an unknown way of recomputing passes")
	}
}

func TestCheckNamesTheMistake(t *testing.T) {
	good := llama(32, 4096, 32, 8, 14336, 128256)
	for want, spoil := range map[string]func(*Arch){
		"Layers": func(a *Arch) { a.Layers = 0 }, "Width": func(a *Arch) { a.Width = -1 }, "Heads": func(a *Arch) { a.Heads = 0 },
		"Key and value heads": func(a *Arch) { a.KVHeads = 5 }, "Head width": func(a *Arch) { a.HeadDim = 0 }, "MLP width": func(a *Arch) { a.FF = 0 },
		"Vocabulary": func(a *Arch) { a.Vocab = math.MaxInt }, "MLP matrices": func(a *Arch) { a.MLPMatrices = 4 }, "Vectors per norm": func(a *Arch) { a.NormMult = 0 },
		"Experts per token":   func(a *Arch) { a.MoE = MoE{Layers: 32, Experts: 8, TopK: 9, ExpertFF: 1} },
		"Layers with experts": func(a *Arch) { a.MoE = MoE{Layers: 33, Experts: 8, TopK: 1, ExpertFF: 1} },
		"Latent width":        func(a *Arch) { a.MLA = MLA{NopeDim: 1, ValueDim: 1} },
		"Windowed layers":     func(a *Arch) { a.Window = Window{Size: 10, Layers: 33} },
		"Encoder positions":   func(a *Arch) { a.Encoder = Encoder{Layers: 1, Mels: 80} },
	} {
		a := good
		spoil(&a)
		problems := a.Check()
		found := false
		for _, p := range problems {
			found = found || p.Field == want && p.Allowed != "" && p.Fix != ""
		}
		if !found {
			t.Errorf("%s: not among %v", want, problems)
		}
	}
	if p := good.Check(); p != nil {
		t.Errorf("a good shape: %v", p)
	}
	bare := Arch{Layers: 12, Width: 768, Heads: 12, FF: 3072, Vocab: 50257}
	bare.Fill()
	if p := bare.Check(); p != nil {
		t.Errorf("filled: %v", p)
	}
	for _, l := range []Layout{{TP: 3}, {PP: 64}, {EP: 2}, {ZeRO: 4}, {DP: -1}, {Recompute: 7}, {TP: math.MaxInt}} {
		if l.Check(&good) == nil {
			t.Errorf("%+v passes", l)
		}
	}
	if p := (&Layout{TP: 8, PP: 4, DP: 2, ZeRO: 1}).Check(&good); p != nil {
		t.Errorf("a good layout: %v", p)
	}
}

func FuzzArch(f *testing.F) {
	f.Add(32, 4096, 32, 8, 128, 14336, 128256, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, uint16(1))
	f.Add(61, 7168, 128, 0, 0, 18432, 129280, 3, 1, 0, 58, 256, 8, 2048, 1, 1536, 512, 128, 64, 128, uint16(64))
	f.Add(4, 384, 6, 6, 64, 1536, 51865, 2, 2, 448, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, uint16(0xffff))
	f.Add(80, 8192, 64, 8, 128, 28672, 32000, 3, 1, 0, 4, 16, 2, 1024, 2, 0, 64, 32, 16, 32, uint16(1<<3|1<<9))
	f.Add(12, 768, 2, 12, 64, 3072, 51865, 1, 2, 448, 3, 8, 1, 77, 0, 9, 9, 9, 9, 9, uint16(1<<3|1<<9|1<<11))
	f.Add(-5, 99, 3, 7, 640, -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, uint16(1<<3|1<<9|1<<12|1<<14))
	f.Fuzz(func(t *testing.T, layers, width, heads, kv, dim, ff, vocab, mats, norm, pos, moe, experts, k, eff, shared, rq, rkv, dn, dr, dv int, flags uint16) {
		on := func(bit int) bool { return flags&(1<<bit) != 0 }
		a := Arch{Layers: layers, Width: width, Heads: heads, KVHeads: kv, HeadDim: dim, FF: ff, Vocab: vocab, MLPMatrices: mats, NormMult: norm, Positions: pos,
			Tied: on(0), AttnBias: on(1), QKVBias: on(2), MLPBias: on(3), HeadBias: on(4), QKNorm: on(5), Sinks: on(6), EmbedNorm: on(7), ParallelBlock: on(8),
			MoE: MoE{Layers: moe, Experts: experts, TopK: k, ExpertFF: eff, SharedExperts: shared, RouterBias: on(9), ExpertBias: on(10)},
			MLA: MLA{QRank: rq, KVRank: rkv, NopeDim: dn, RopeDim: dr, ValueDim: dv}}
		if on(11) {
			a.Encoder = Encoder{Layers: layers, Positions: pos, Mels: 80}
		}
		if on(12) {
			a.Window = Window{Size: dim, Layers: layers / 2}
		}
		if on(13) {
			a.Fill()
		}
		if on(3) && on(9) { // most random shapes are impossible; fold every second one into range
			fold := func(v, lo, hi int) int { return lo + int(uint(v)%uint(hi-lo+1)) }
			a.Layers, a.Width, a.FF, a.Vocab = fold(layers, 1, 1000), fold(width, 1, 1<<20), fold(ff, 1, 1<<22), fold(vocab, 1, 1<<24)
			a.KVHeads, a.HeadDim, a.MLPMatrices, a.NormMult, a.Positions = fold(kv, 1, 300), fold(dim, 1, 4096), fold(mats, 2, 3), fold(norm, 1, 2), fold(pos, 0, 1<<20)
			a.Heads = a.KVHeads * fold(heads, 1, 64)
			a.MoE.Layers, a.MoE.Experts, a.MoE.ExpertFF, a.MoE.SharedExperts = fold(moe, 1, a.Layers), fold(experts, 1, 4096), fold(eff, 1, 1<<20), fold(shared, 0, 16)
			a.MoE.TopK = fold(k, 1, a.MoE.Experts)
			a.MLA = MLA{QRank: fold(rq, 0, 4096), KVRank: fold(rkv, 1, 4096), NopeDim: fold(dn, 1, 512), RopeDim: fold(dr, 0, 512), ValueDim: fold(dv, 1, 512)}
			a.Window = Window{}
			a.Encoder = Encoder{}
			switch {
			case on(11) && a.Positions > 0:
				a.MoE, a.MLA, a.Encoder = MoE{}, MLA{}, Encoder{Layers: a.Layers, Positions: a.Positions, Mels: fold(dim, 1, 256)}
			case on(12):
				a.MLA, a.Window = MLA{}, Window{Size: fold(dim, 1, 1<<20), Layers: fold(moe, 0, a.Layers)}
			}
			if p := a.Check(); p != nil {
				t.Errorf("a shape folded into range: %v", p[0])
			}
		}
		clean := a.Check() == nil
		l := Layout{TP: kv, PP: mats, DP: k, EP: shared, ZeRO: norm, Micro: mats, SP: on(14), Eager: on(15)}
		_ = l.Check(&a)

		var c Counts
		var fl Flops
		a.Count(&c)
		a.Flops(&c, float64(ff), Causal, RecomputeFull, &fl)
		if !clean {
			return
		}
		positive := func(what string, x float64) {
			if !(x > 0) || math.IsInf(x, 0) {
				t.Errorf("%s = %g for %+v", what, x, a)
			}
		}
		positive("total", c.Total)
		positive("active", c.Active[WithoutEmbeddings])
		positive("flops", fl.Hardware)
		positive("kv", float64(a.KVBytes(1000, 2)))
		positive("decode", float64(a.DecodeFLOPs(&c, 1000)))
	})
}
