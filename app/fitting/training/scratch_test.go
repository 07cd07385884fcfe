//go:build !js

package training

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestScratch(t *testing.T) {
	mode := os.Getenv("SCRATCH")
	if mode == "" {
		t.Skip()
	}
	cases := gather(t)
	switch mode {
	case "report":
		b, _ := os.ReadFile("../../../core/testdata/peer_predictions.csv")
		peers, _ := ReadPeers(string(b))
		Report(os.Stdout, cases, peers)
		return
	case "table":
		rs, p := LeaveOut(cases, nil)
		a, b := Table(p, rs, "2026-11-22")
		os.WriteFile("../../../core/train/data/efficiency.csv", []byte(a), 0o644)
		os.WriteFile("../../../core/train/data/networks.csv", []byte(b), 0o644)
		return
	}
	rs, p := LeaveOut(cases, map[string]bool{"nanotron": mode == "nano"})
	if mode == "in" {
		for i := range rs {
			rs[i].Time = p.Predict(rs[i].Case, &rs[i].Step)
			rs[i].Error = rs[i].Time/rs[i].Case.Measured - 1
		}
	}
	if mode != "nano" {
		rs = pick(rs, func(c *Case) bool { return !c.Extra && c.Clean && !c.Faulty })
	}
	groups, cells := map[string]bool{}, map[string]bool{}
	for _, r := range rs {
		groups[r.Case.Group] = true
		cells[r.Case.cell()] = true
	}
	for _, g := range sortedKeys(groups) {
		summary(g, pick(rs, func(c *Case) bool { return c.Group == g })).print(os.Stdout)
	}
	for _, g := range sortedKeys(cells) {
		summary(g, pick(rs, func(c *Case) bool { return c.cell() == g })).print(os.Stdout)
	}
	l := summary("all", rs)
	l.print(os.Stdout)
	a, b, n := coverage(rs)
	fmt.Printf("macro median %.1f mean %.1f coverage %.1f %.1f (%d)\n", 100*l.MacroMedian, 100*l.MacroMean, 100*a, 100*b, n)
	if v := os.Getenv("SHOW"); v != "" {
		show(pick(rs, func(c *Case) bool { return strings.HasPrefix(c.Group+"/"+c.Model, v) }))
	}
	if os.Getenv("PARAMS") != "" {
		params(p)
	}
}

func show(rs []Result) {
	for _, r := range rs {
		c := r.Case
		s := r.Step
		T := s.Total / 100
		fmt.Printf("row %s %s %s n%v tp%d pp%d v%d dp%d cp%d ep%d z%d mb%d gb%v s%v %v %s %s | %.4g err %+.1f%% mfu %.3f | mm %.0f at %.0f ex %.0f hd %.0f mem %.0f re %.0f la %.0f tp %.0f ep %.0f sd %.0f bub %.0f dp %.0f opt %.0f ov %.0f jit %.0f\n", c.ID, c.Model, c.Class, c.GPUs, c.Layout.TP, c.Layout.PP, c.Layout.VPP, c.Layout.DP, c.Layout.CP, c.Layout.EP, c.Layout.ZeRO, c.Layout.Micro, c.In.Batch, c.In.Seq, c.Layout.Recompute, c.Family, c.Soft, c.Measured, 100*r.Error, s.MFU,
			s.Matmul/T, s.Attention/T, s.Experts/T, s.Head/T, s.Memory/T, s.Recompute/T, s.Launch/T, s.Tensor/T, s.Dispatch/T, s.Send/T, s.Bubble/T, s.Data/T, s.Optimizer/T, s.Overhead/T, s.Jitter/T)
	}
}

func params(p *Point) {
	for j, n := range p.space.names {
		if k := strings.IndexByte(n, '|'); k < 0 {
			for i := range constants {
				if constants[i].name == n {
					fmt.Printf("par %-30s %.4g  (z %+.2f)\n", n, constants[i].close(p.space.base[i]+p.x[j]), p.x[j]/p.space.prior[j])
				}
			}
		} else {
			fmt.Printf("par %-30s %+.3f (z %+.2f)\n", n, p.x[j], p.x[j]/p.space.prior[j])
		}
	}
}

func TestRankScratch(t *testing.T) {
	if os.Getenv("SCRATCH") != "rank" {
		t.Skip()
	}
	rs, _ := LeaveOut(gather(t), map[string]bool{"nanotron": true})
	rs = pick(rs, func(c *Case) bool { return c.Group == "nanotron" && !c.Faulty })
	sets := map[string][]Result{}
	for _, r := range rs {
		sets[r.Case.Model+fmt.Sprint(r.Case.GPUs)] = append(sets[r.Case.Model+fmt.Sprint(r.Case.GPUs)], r)
	}
	for _, k := range sortedKeys(sets) {
		set := sets[k]
		a, b := set[0], set[0]
		for _, r := range set {
			if r.Time < a.Time {
				a = r
			}
			if r.Case.Measured < b.Case.Measured {
				b = r
			}
		}
		fmt.Println(k, len(set), fmt.Sprintf("%.1f %%", 100*(a.Case.Measured/b.Case.Measured-1)))
		show([]Result{a, b})
	}
}
