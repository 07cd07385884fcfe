//go:build !js

package fitting

import (
	"fmt"
	"math"
	"os"
	"sort"
	"testing"
	"time"
)

func load(t *testing.T) []ServingRow {
	b, _ := os.ReadFile("/work/shared/data/inference.csv")
	rows, p := ReadServing(string(b))
	if p != nil {
		t.Fatal(p)
	}
	return rows
}
func report(name string, rows []ServingRow, pred func(r *ServingRow) (float64, bool), key func(r *ServingRow) string) {
	m := map[string][]float64{}
	fail := map[string]int{}
	for i := range rows {
		r := &rows[i]
		k := key(r)
		if r.Skipped != "" || k == "" {
			continue
		}
		v, ok := pred(r)
		if !ok {
			fail[k]++
			continue
		}
		m[k] = append(m[k], TimeError(r, v))
	}
	var ks []string
	for k := range m {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	fmt.Println("==", name)
	for _, k := range ks {
		e := m[k]
		a := []float64{}
		for _, x := range e {
			a = append(a, math.Abs(x))
		}
		fmt.Printf("%-70s n %4d fail %2d med %5.1f p90 %5.1f bias %+5.1f\n", k, len(e), fail[k], 100*servingQuantile(a, .5), 100*servingQuantile(a, .9), 100*servingQuantile(e, .5))
	}
}
func class(r *ServingRow) string {
	if !r.HasTime && r.Metric != "TTFT" && r.Metric != "TTFT_mean" && r.Metric != "prefill_tok_s" {
		return ""
	}
	d := "dense"
	if r.MoE() {
		d = "moe"
	}
	return engineFamily(r.Engine) + " | " + r.Source + " | " + r.Family + " | " + d + " | " + r.Metric
}
func TestFitAll(t *testing.T) {
	rows := load(t)
	t0 := time.Now()
	f := FitServing(rows, func(*ServingRow) bool { return true }, nil)
	fmt.Println(time.Since(t0), len(f.x))
	report("in sample", rows, func(r *ServingRow) (float64, bool) { c := f.Constants(r); return PredictServing(r, &c) }, class)
	seen := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		k := r.keys()[byVersion] + "|" + r.Family + "|" + r.Prec
		if r.Skipped == "" && !seen[k] {
			seen[k] = true
			c := f.Constants(r)
			fmt.Printf("%-70s W %.2f KV %.2f F %.2f A %.2f c0 %.2fms L %.0fus S %.1fus AR %.0fus link %.2f exp %.2f %.2f u %.3f\n", k, c.Weights, c.KV, c.Matmul, c.Attention, c.Step*1e3, c.Layer*1e6, c.Seq*1e6, c.AllReduce*1e6, c.Link, c.Expert, c.Grouped, c.Usable)
		}
	}
}
func target1(r *ServingRow) bool {
	if r.Skipped != "" || r.MoE() || !r.HasTime {
		return false
	}
	e := engineFamily(r.Engine)
	if e != "TensorRT-LLM" && e != "vLLM" && e != "FasterTransformer" {
		return false
	}
	for _, h := range []string{"A100", "H100", "H200"} {
		if len(r.Hardware) >= 4 && r.Hardware[:4] == h {
			return true
		}
	}
	return false
}
func cv(rows []ServingRow, all *ServingFit, group func(r *ServingRow) string, want func(r *ServingRow) bool) map[string]float64 {
	gs := map[string]bool{}
	for i := range rows {
		if want(&rows[i]) {
			gs[group(&rows[i])] = true
		}
	}
	out := map[string]float64{}
	for g := range gs {
		f := FitServing(rows, func(r *ServingRow) bool { return group(r) != g }, all)
		for i := range rows {
			r := &rows[i]
			if want(r) && group(r) == g {
				c := f.Constants(r)
				v, ok := PredictServing(r, &c)
				if ok {
					out[r.ID+r.Metric] = v
				}
			}
		}
	}
	return out
}
func TestCV(t *testing.T) {
	rows := load(t)
	all := FitServing(rows, func(*ServingRow) bool { return true }, nil)
	for _, g := range []struct {
		n string
		f func(r *ServingRow) string
	}{
		{"engine version", func(r *ServingRow) string { return engineFamily(r.Engine) + " " + r.Version }},
		{"source", func(r *ServingRow) string { return r.Source }},
		{"source x engine", func(r *ServingRow) string { return r.Source + r.Engine }},
		{"version, model if single", func(r *ServingRow) string {
			if r.Engine == "FasterTransformer" {
				return "FT " + r.Model
			}
			return engineFamily(r.Engine) + " " + r.Version
		}},
	} {
		t0 := time.Now()
		p := cv(rows, all, g.f, target1)
		report(g.n, rows, func(r *ServingRow) (float64, bool) { v, ok := p[r.ID+r.Metric]; return v, ok }, func(r *ServingRow) string {
			if target1(r) {
				return "ALL"
			}
			return ""
		})
		report(g.n, rows, func(r *ServingRow) (float64, bool) { v, ok := p[r.ID+r.Metric]; return v, ok }, func(r *ServingRow) string {
			if target1(r) {
				return class(r) + " " + r.Version
			}
			return ""
		})
		fmt.Println(time.Since(t0))
	}
	p := cv(rows, all, func(r *ServingRow) string { return r.Hardware }, func(r *ServingRow) bool { return r.Skipped == "" && r.Engine == "llama.cpp" })
	report("llama by gpu", rows, func(r *ServingRow) (float64, bool) { v, ok := p[r.ID+r.Metric]; return v, ok }, func(r *ServingRow) string {
		if r.Engine != "llama.cpp" {
			return ""
		}
		return r.Metric
	})
	report("llama by gpu", rows, func(r *ServingRow) (float64, bool) { v, ok := p[r.ID+r.Metric]; return v, ok }, func(r *ServingRow) string {
		if r.Engine != "llama.cpp" || r.Metric != "decode_tok_s" {
			return ""
		}
		return r.Hardware + fmt.Sprint(r.GPUs, r.Prec)
	})
	w := func(r *ServingRow) bool { return r.Skipped == "" && r.HasTime && r.Source == "ML.ENERGY-v3" }
	p = cv(rows, all, func(r *ServingRow) string { return r.Model }, w)
	report("mlenergy by model", rows, func(r *ServingRow) (float64, bool) { v, ok := p[r.ID+r.Metric]; return v, ok }, func(r *ServingRow) string {
		if !w(r) {
			return ""
		}
		d := "dense"
		if r.MoE() {
			d = "moe"
		}
		return r.Metric + " " + r.Family + d
	})
	report("mlenergy by model", rows, func(r *ServingRow) (float64, bool) { v, ok := p[r.ID+r.Metric]; return v, ok }, func(r *ServingRow) string {
		if !w(r) || r.Metric != "ITL_median" {
			return ""
		}
		return r.Metric + " " + r.Family + " " + r.Model + " " + r.Prec
	})
}
func TestWorst(t *testing.T) {
	rows := load(t)
	all := FitServing(rows, func(*ServingRow) bool { return true }, nil)
	type it struct {
		e float64
		s string
	}
	var l []it
	for i := range rows {
		r := &rows[i]
		if r.Skipped != "" || !r.HasTime || !(target1(r) || r.Source == "ML.ENERGY-v3") {
			continue
		}
		c := all.Constants(r)
		v, ok := PredictServing(r, &c)
		if !ok {
			continue
		}
		e := TimeError(r, v)
		l = append(l, it{e, fmt.Sprintf("%+.2f %s %s %s %s n%v tp%v dp%v pp%v in %v out %v B %v rate %v %s %s meas %.4g pred %.4g", e, r.ID, r.Engine, r.Hardware, r.Model, r.GPUs, r.L.TP, r.L.DP, r.L.PP, r.In, r.Out, r.Batch, r.Rate, r.Prec, r.Metric, r.Measured, v)})
	}
	sort.Slice(l, func(i, j int) bool { return math.Abs(l[i].e) > math.Abs(l[j].e) })
	for i := 0; i < 110 && i < len(l); i++ {
		fmt.Println(l[i].s)
	}
}

func TestLOO(t *testing.T) {
	rows := load(t)
	all := FitServing(rows, func(*ServingRow) bool { return true }, nil)
	g := func(r *ServingRow) string { return engineFamily(r.Engine) + " " + r.Version }
	p := cv(rows, all, g, target1)
	pr := func(r *ServingRow) (float64, bool) { v, ok := p[r.ID+r.Metric]; return v, ok }
	report("ALL", rows, pr, func(r *ServingRow) string {
		if target1(r) {
			return "ALL"
		}
		return ""
	})
	report("cls", rows, pr, func(r *ServingRow) string {
		if target1(r) {
			return class(r) + " " + r.Version
		}
		return ""
	})
	report("batch tp", rows, pr, func(r *ServingRow) string {
		if target1(r) && r.Source != "FasterTransformer" {
			b := r.Batch
			if r.Source == "ML.ENERGY-v3" {
				b = math.Exp2(math.Round(math.Log2(b)))
			}
			return fmt.Sprintf("%s %s %s %s B%04.0f r%v tp%v", r.Source, engineFamily(r.Engine), r.Hardware[:4], r.Metric[:3], b, r.Rate, r.L.TP)
		}
		return ""
	})
	report("len", rows, pr, func(r *ServingRow) string {
		if target1(r) && r.Source != "FasterTransformer" && r.Source != "ML.ENERGY-v3" {
			return fmt.Sprintf("%s %s %s in%v out%v", r.Source, engineFamily(r.Engine), r.Hardware[:4], r.In, r.Out)
		}
		return ""
	})
	report("model", rows, pr, func(r *ServingRow) string {
		if target1(r) {
			return fmt.Sprintf("%s %s %s %v tp%v", r.Source, engineFamily(r.Engine), r.Hardware[:4], r.Model, r.L.TP)
		}
		return ""
	})
}
func TestTask(t *testing.T) {
	rows := load(t)
	m := map[string]float64{}
	who := map[string]string{}
	for i := range rows {
		r := &rows[i]
		if r.Source != "ML.ENERGY-v3" || r.Skipped != "" {
			continue
		}
		kv := r.M.KV * r.M.Layers * r.L.TP / math.Min(r.L.TP, r.M.Shards)
		if r.M.Local > 0 {
			continue
		}
		free := r.GPUs*r.H.Memory*0.9 - r.M.Stored
		b := free/kv/r.Batch - r.Out/2
		if x, ok := m[r.Task]; !ok || b < x {
			m[r.Task] = b
			who[r.Task] = r.ID + r.Model + r.Hardware + fmt.Sprint(r.Batch, " ", r.Out, " ", r.L)
		}
	}
	fmt.Println(m, who)
}
