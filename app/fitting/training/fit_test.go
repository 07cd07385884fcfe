//go:build !js

package training

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func load(t *testing.T, files ...string) []*Case {
	var all []*Case
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Skip(err)
		}
		cs, _, p := Read(string(b))
		if p != nil {
			t.Fatal(p)
		}
		all = append(all, cs...)
	}
	return all
}

func TestScratch(t *testing.T) {
	if os.Getenv("SCRATCH") == "" {
		t.Skip()
	}
	t0 := time.Now()
	var cases []*Case
	for _, c := range load(t, "/work/shared/data/training_runs.csv") {
		if c.Clean {
			cases = append(cases, c)
		}
	}
	fmt.Println("clean", len(cases))
	var rs []Result
	var p *Point
	if os.Getenv("SCRATCH") == "in" {
		p = Fit(cases, nil, func(string) bool { return false })
		for _, c := range cases {
			r := Result{Case: c}
			r.Time = p.Predict(c, &r.Step)
			r.Error = r.Time/c.Measured - 1
			rs = append(rs, r)
		}
	} else if g, ok := strings.CutPrefix(os.Getenv("SCRATCH"), "no:"); ok {
		var left []*Case
		for _, c := range cases {
			if c.Group != g {
				left = append(left, c)
			}
		}
		p = Fit(left, nil, func(string) bool { return false })
		for _, c := range cases {
			r := Result{Case: c}
			r.Time = p.Predict(c, &r.Step)
			r.Error = r.Time/c.Measured - 1
			rs = append(rs, r)
		}
	} else if os.Getenv("SCRATCH") == "prior" {
		p = &Point{newSpace(), nil}
		for _, c := range cases {
			r := Result{Case: c}
			r.Time = p.Predict(c, &r.Step)
			r.Error = r.Time/c.Measured - 1
			rs = append(rs, r)
		}
	} else {
		rs, p = LeaveOut(cases, map[string]bool{})
		var ok []Result
		for _, r := range rs {
			if !r.Case.Faulty {
				ok = append(ok, r)
			}
		}
		rs = ok
	}
	fmt.Println("time", time.Since(t0))
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
	fmt.Printf("macro median %.1f mean %.1f\n", 100*l.MacroMedian, 100*l.MacroMean)
	if v := os.Getenv("SHOW"); v != "" {
		show(pick(rs, func(c *Case) bool { return strings.HasPrefix(c.Group+"/"+c.Model, v) }))
	}
	params(p)
}

func TestNanotron(t *testing.T) {
	if os.Getenv("SCRATCH") != "nano" {
		t.Skip()
	}
	all := load(t, "/work/shared/data/training_runs.csv")
	nano := load(t, "/work/shared/data/training_runs_nanotron.csv")
	var cases []*Case
	for _, c := range all {
		if c.Clean && c.Group != "nanotron" {
			cases = append(cases, c)
		}
	}
	for _, c := range nano {
		if c.Clean && !c.Faulty {
			cases = append(cases, c)
		}
	}
	rs, p := LeaveOut(cases, map[string]bool{"nanotron": true})
	rs = pick(rs, func(c *Case) bool { return c.Group == "nanotron" })
	in := func(c *Case) bool { return c.Layout.TP <= 8 && c.MFU > 0.10 }
	summary("nanotron all clean", rs).print(os.Stdout)
	summary("nanotron tp<=8 mfu>10", pick(rs, in)).print(os.Stdout)
	for _, m := range []string{"1.34B", "3.57B", "8.86B", "80.0B"} {
		summary(m, pick(rs, func(c *Case) bool { return in(c) && strings.Contains(c.Model, m) })).print(os.Stdout)
	}
	var zero []Result
	var left []*Case
	for _, c := range cases {
		if c.Group != "nanotron" {
			left = append(left, c)
		}
	}
	q := Fit(left, nil, func(string) bool { return false })
	for _, c := range cases {
		if c.Group == "nanotron" {
			r := Result{Case: c}
			r.Time = q.Predict(c, &r.Step)
			r.Error = r.Time/c.Measured - 1
			zero = append(zero, r)
		}
	}
	summary("zero-shot all clean", zero).print(os.Stdout)
	summary("zero-shot tp<=8 mfu>10", pick(zero, in)).print(os.Stdout)
	show(pick(rs, in))
	params(p)
}

func show(rs []Result) {
	for _, r := range rs {
		c := r.Case
		s := r.Step
		T := s.Total / 100
		fmt.Printf("%s %s %s n%v tp%d pp%d v%d dp%d cp%d ep%d z%d mb%d gb%v s%v %v | %.4g err %+.1f%% mfu %.3f | mm %.0f at %.0f ex %.0f hd %.0f mem %.0f re %.0f la %.0f tp %.0f ep %.0f sd %.0f bub %.0f dp %.0f opt %.0f ov %.0f jit %.0f\n", c.ID, c.Model, c.Class, c.GPUs, c.Layout.TP, c.Layout.PP, c.Layout.VPP, c.Layout.DP, c.Layout.CP, c.Layout.EP, c.Layout.ZeRO, c.Layout.Micro, c.In.Batch, c.In.Seq, c.Layout.Recompute, c.Measured, 100*r.Error, s.MFU,
			s.Matmul/T, s.Attention/T, s.Experts/T, s.Head/T, s.Memory/T, s.Recompute/T, s.Launch/T, s.Tensor/T, s.Dispatch/T, s.Send/T, s.Bubble/T, s.Data/T, s.Optimizer/T, s.Overhead/T, s.Jitter/T)
	}
}

func params(p *Point) {
	if os.Getenv("PARAMS") != "" && p.x != nil {
		for j, n := range p.space.names {
			if k := strings.IndexByte(n, '|'); k < 0 {
				for i := range constants {
					if constants[i].name == n {
						fmt.Printf("%-30s %.4g  (z %+.2f)\n", n, constants[i].close(p.space.base[i]+p.x[j]), p.x[j]/p.space.prior[j])
					}
				}
			} else {
				fmt.Printf("%-30s %+.3f (z %+.2f)\n", n, p.x[j], p.x[j]/p.space.prior[j])
			}
		}
	}
}
