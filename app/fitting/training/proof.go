//go:build !js

package training

import (
	"fmt"
	"math"

	"flopbook/app/fitting"
	"flopbook/app/fitting/score"
	"flopbook/core/catalog"
)

// A Line is the left-out errors of the step's time over some rows.
type Line struct {
	Name                   string
	Errors                 score.Errors
	Sources                int
	MacroMean, MacroMedian float64      // over sources: mean of their means, of their medians
	Rows80, Sources80      float64      // share of rows inside their 80 % interval; mean of it over sources of 10 rows or more; 0 where too few
	Wide                   int          // such sources
	ZeroShot               score.Errors // the same rows without their whole source
	BySize                 int          // rows predicted without their model size only, because their cell has one source
}

// Coverage is asked where there are so many rows, and counts sources of so many.
const (
	coverRows       = 30
	coverSourceRows = 10
)

// Validated reports whether two sources or more speak for the line.
func (l *Line) Validated() bool { return l.Sources >= 2 }

// Mark says in a few words what weakens a line.
func (l *Line) Mark() string {
	switch {
	case l.Errors.Rows == 0:
		return "no rows"
	case !l.Validated():
		return "one source: not validated"
	case l.BySize > 0:
		return fmt.Sprintf("of these, %d without their model size only", l.BySize)
	}
	return ""
}

func line(name string, rs []Result, zero map[string]float64) Line {
	l := Line{Name: name}
	var errs, shot []float64
	by, in := map[string][]float64{}, map[string]float64{}
	inside := 0.0
	for i := range rs {
		r := &rs[i]
		errs = append(errs, r.Error)
		by[r.Case.Group] = append(by[r.Case.Group], r.Error)
		if e, ok := zero[r.Case.ID]; ok {
			shot = append(shot, e)
		}
		if r.How == "size" {
			l.BySize++
		}
		if r.Inside {
			inside++
			in[r.Case.Group]++
		}
	}
	l.Errors, l.ZeroShot, l.Sources = score.Of(errs), score.Of(shot), len(by)
	var means, medians, covers []float64
	for _, g := range sortedKeys(by) {
		e := score.Of(by[g])
		means, medians = append(means, e.Mean), append(medians, e.Median)
		if e.Rows >= coverSourceRows {
			covers = append(covers, in[g]/float64(e.Rows))
		}
	}
	l.MacroMean, l.MacroMedian = score.Mean(means), score.Mean(medians)
	if len(errs) >= coverRows {
		l.Rows80 = inside / float64(len(errs))
		l.Sources80, l.Wide = score.Mean(covers), len(covers)
	}
	return l
}

// An Asked is one figure that the step must reach, on rows that it was not fitted on.
type Asked struct {
	Name     string
	Bound    float64 // 0: none, shown beside the others
	AtLeast  float64 // a lower bound, for shares
	Got      float64
	Rows     int
	Sources  int
	Peers    []PeerLine
	Stat     func(score.Errors) float64 // of the peers' errors that stands beside ours
	Remark   string
	Absolute bool // Got is no error but a share
}

// Met reports whether the figure keeps its bounds.
func (a *Asked) Met() bool {
	return (a.Bound == 0 || a.Got <= a.Bound) && a.Got >= a.AtLeast
}

// A RankLine is the ranking of one source's layouts.
type RankLine struct {
	Name string
	Ranking
}

// A Proof is what the step's predictions are worth, left out.
type Proof struct {
	Time, Memory, Rank []Asked
	Families           []Line
	Scales             []Line
	Cells              []Line
	Groups             []Line
	PeersAll           []PeerLine
	PeerRank           []RankLine
	RankBy             []RankLine
	All                Line

	memory *fitting.MemoryReport
	left   *LeftOut
	main   []Result // what counts for time, faulty runs excluded
}

// Prove predicts every case by constants that have not seen it and sums up.
func Prove(cases []*Case, memory *fitting.MemoryReport, peers Peers) *Proof {
	p := &Proof{memory: memory, left: LeaveOut(cases)}
	left := p.left
	zero := map[string]float64{}
	for i := range left.BySource {
		zero[left.BySource[i].Case.ID] = left.BySource[i].Error
	}
	counted := pick(left.ByRule, (*Case).counts)
	p.main = pick(counted, func(c *Case) bool { return !c.Faulty })
	isSweep := func(c *Case) bool { return c.Group == sweep && !c.Faulty }
	inNode := func(c *Case) bool { return isSweep(c) && c.Layout.TP <= 8 && c.MFU > 0.10 }
	group := func(name string) []Result { return pick(p.main, func(c *Case) bool { return c.Group == name }) }

	mean := func(e score.Errors) float64 { return e.Mean }
	median := func(e score.Errors) float64 { return e.Median }
	p90 := func(e score.Errors) float64 { return e.P90 }
	ask := func(name string, bound float64, stat func(score.Errors) float64, rs []Result, remark string) {
		if len(rs) == 0 {
			return
		}
		l := line(name, rs, nil)
		p.Time = append(p.Time, Asked{Name: name, Bound: bound, Got: stat(l.Errors), Rows: len(rs), Sources: l.Sources, Peers: peers.onTime(rs), Stat: stat, Remark: remark})
	}
	ask("Korthikanti 2022, mean", 0.04, mean, group("korthikanti"), "")
	ask("Narayanan 2021 table 1, mean", 0.06, mean, group("megatron-a100"), "micro-batch assumed")
	ask("Narayanan 2021 table 2, mean", 0.06, mean, pick(left.ByRule, func(c *Case) bool { return c.Group == "megatron-a100" && !c.Clean }), "time from TFLOP/s")
	ask("vTrain, one server, mean", 0.08, mean, group("vtrain-single"), "its sister on many servers stays in the fit")
	ask("vTrain, 64 to 512 GPUs, mean", 0.10, mean, group("vtrain-multi"), "its sister on one server stays in the fit")
	ask("nanotron, TP in a server, MFU > 10 %, mean", 0.15, mean, pick(left.BySize, inNode), "a model size left out at a time")
	ask("  the same, source left out, mean", 0, mean, pick(left.BySource, inNode), "zero-shot")
	ask("  all clean rows, mean", 0, mean, pick(left.BySize, isSweep), "a model size left out at a time")
	ask("  all clean rows, source left out, mean", 0, mean, pick(left.BySource, isSweep), "zero-shot")
	ask("all rows that count for time, median", 0.12, median, counted, "")
	ask("all rows that count for time, 90th percentile", 0.35, p90, counted, "")

	p.All = line("all that count, pipelines before nanotron's repair left out", p.main, zero)
	cover := func(name string, got float64, rows, sources int) {
		p.Time = append(p.Time, Asked{Name: name, AtLeast: 0.75, Bound: 0.85, Got: got, Rows: rows, Sources: sources, Absolute: true})
	}
	cover("80 % intervals hold, of rows", p.All.Rows80, p.All.Errors.Rows, p.All.Sources)
	cover("80 % intervals hold, mean over sources of 10 rows", p.All.Sources80, p.All.Errors.Rows, p.All.Wide)

	is := func(name string, keep func(*Case) bool) {
		p.Families = append(p.Families, line(name, pick(p.main, keep), zero))
	}
	is("dense", func(c *Case) bool { return !c.MoE })
	is("mixture of experts", func(c *Case) bool { return c.MoE })
	is("BF16 and FP16", func(c *Case) bool { return c.Class == catalog.BF16 })
	is("FP8 and FP4", func(c *Case) bool { return c.Class != catalog.BF16 })
	is("Ampere", func(c *Case) bool { return c.Family == "Ampere" })
	is("Hopper", func(c *Case) bool { return c.Family == "Hopper" })
	is("Blackwell and Blackwell Ultra", func(c *Case) bool { return c.Family == "Blackwell" || c.Family == "Blackwell Ultra" })
	is("AMD", func(c *Case) bool { return len(c.Family) >= 4 && c.Family[:4] == "CDNA" })

	last := 0.0
	for _, to := range [...]float64{8, 64, 512, 2048, math.Inf(1)} {
		name := fmt.Sprintf("%.0f to %.0f GPUs", last+1, to)
		if math.IsInf(to, 1) {
			name = fmt.Sprintf("more than %.0f GPUs", last)
		}
		p.Scales = append(p.Scales, line(name, pick(p.main, func(c *Case) bool { return c.GPUs > last && c.GPUs <= to }), zero))
		last = to
	}
	groups, cells := map[string]bool{}, map[string]bool{}
	for i := range p.main {
		groups[p.main[i].Case.Group], cells[p.main[i].Case.cell()] = true, true
	}
	for _, name := range sortedKeys(cells) {
		p.Cells = append(p.Cells, line(name, pick(p.main, func(c *Case) bool { return c.cell() == name }), zero))
	}
	for _, name := range sortedKeys(groups) {
		p.Groups = append(p.Groups, line(name, group(name), zero))
	}
	p.PeersAll = peers.onTime(p.main)

	// Layouts: the sweep by model size, the other sources as above.
	layouts := append(pick(left.BySize, isSweep), pick(p.main, func(c *Case) bool { return c.Group != sweep })...)
	rank := func(name string, bound float64, rs []Result) {
		if r := ranking(rs, ours); r.Sets > 0 {
			p.Rank = append(p.Rank, Asked{Name: name, Bound: bound, Got: r.Median, Rows: r.Layouts, Sources: r.Sets, Absolute: true,
				Remark: fmt.Sprintf("%d sets; mean loss %.1f %%", r.Sets, 100*r.Mean)})
		}
	}
	rank("all sets, median loss", 0.03, layouts)
	rank("  nanotron, median loss", 0.03, pick(layouts, isSweep))
	for _, name := range sortedKeys(groups) {
		if r := ranking(pick(layouts, func(c *Case) bool { return c.Group == name }), ours); r.Sets > 0 {
			p.RankBy = append(p.RankBy, RankLine{name, r})
		}
	}
	names, by := peers.ranked(layouts)
	for i := range names {
		answered := ranking(layouts, func(r *Result) (float64, bool) {
			a, ok := peers.answer(names[i], r.Case)
			return r.Time, ok && a.hasTime
		})
		p.PeerRank = append(p.PeerRank, RankLine{names[i], by[i]}, RankLine{"  ours on these", answered})
	}

	if memory != nil && memory.States.Rows > 0 {
		told := func(name string, s fitting.OOMScore, bound float64, remark string) Asked {
			return Asked{Name: name, AtLeast: bound, Got: s.Balanced(), Rows: s.OOM + s.Ran, Sources: 1, Absolute: true, Remark: remark}
		}
		p.Memory = append(p.Memory,
			Asked{Name: "nanotron, allocated states, median", Bound: 0.03, Got: memory.States.Median, Rows: memory.States.Rows, Sources: 1, Remark: "nothing fitted"},
			Asked{Name: "nanotron, reserved, median", Bound: 0.12, Got: memory.LeftOut.Median, Rows: memory.LeftOut.Rows, Sources: 1, Stat: median,
				Peers: peers.onMemory(memory.ByRow), Remark: "a model size left out at a time"},
			told("nanotron, out of memory, balanced accuracy", memory.OOMOut, 0.95,
				fmt.Sprintf("%d of %d that ran out, %d of %d that ran; a model size left out at a time", memory.OOMOut.Hit, memory.OOMOut.OOM, memory.OOMOut.Passed, memory.OOMOut.Ran)))
		for _, s := range memory.Sources {
			e := memory.BySource[s]
			p.Memory = append(p.Memory, Asked{Name: "  " + s + ", median", Got: e.Median, Rows: e.Rows, Sources: 1, Remark: "not fitted"})
			if o := memory.OOMBySource[s]; o.OOM > 0 {
				p.Memory = append(p.Memory, told("  "+s+", out of memory, balanced accuracy", o, 0, "not fitted"))
			}
		}
	}
	return p
}

// Table is the table of constants fitted on every case, with intervals and
// errors of what was left out; see [table].
func (p *Proof) Table(date string) (efficiency, networks string) {
	return table(p.left.All, p.left.ByRule, date)
}

// Met reports whether every figure keeps its bounds.
func (p *Proof) Met() bool {
	for _, list := range [...][]Asked{p.Time, p.Memory, p.Rank} {
		for i := range list {
			if !list[i].Met() {
				return false
			}
		}
	}
	return true
}

func pick(rs []Result, keep func(*Case) bool) []Result {
	var out []Result
	for _, r := range rs {
		if keep(r.Case) {
			out = append(out, r)
		}
	}
	return out
}
