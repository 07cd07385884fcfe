//go:build !js

package training

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"flopbook/app/fitting/score"
	"flopbook/core/scenario"
)

// The file that the page Accuracy fetches (web/data/accuracy-steps.json): every
// measured step that counts for time with its left-out prediction, and the
// tables of errors. Text that many rows share stands in lists, by index.
type pageFile struct {
	Made     string        `json:"made"`
	Sources  []pageSource  `json:"sources"`
	Models   []pageModel   `json:"models"`
	Machines []pageMachine `json:"machines"`
	Frames   []string      `json:"frameworks"` // options of scenario.Framework
	How      []string      `json:"how"`        // what was left out: of the fit that predicts a row
	Again    []string      `json:"recompute"`  // options of scenario.Recompute
	Columns  []string      `json:"columns"`
	Rows     [][]any       `json:"rows"`
	Asked    []pageAsked   `json:"asked"`
	Families []pageLine    `json:"families"`
	Scales   []pageLine    `json:"scales"`
	Cells    []pageLine    `json:"cells"`
	Groups   []pageLine    `json:"groups"`
	All      pageLine      `json:"all"`
	Peers    []pagePeer    `json:"peers"`
}

type pageSource struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	Year  int    `json:"year"`
	URL   string `json:"url,omitempty"`
}

type pageModel struct {
	Name string `json:"name"`
	Case string `json:"case"` // as in a link
	MoE  bool   `json:"moe,omitempty"`
}

type pageMachine struct {
	Key       string `json:"key"` // of the catalogue
	Family    string `json:"family"`
	Precision string `json:"precision"` // that the run asked for
}

type pageLine struct {
	Name        string   `json:"name"`
	Rows        int      `json:"rows"`
	Sources     int      `json:"sources"`
	Mean        float64  `json:"mean"`
	Median      float64  `json:"median"`
	P90         float64  `json:"p90"`
	Bias        float64  `json:"bias"`
	MacroMean   float64  `json:"macro_mean"`
	MacroMedian float64  `json:"macro_median"`
	Inside      *float64 `json:"inside,omitempty"`         // share of rows inside the 80 % interval
	InsideBy    *float64 `json:"inside_sources,omitempty"` // mean of it over sources
	ZeroMean    float64  `json:"zero_mean"`                // without the whole source
	ZeroMedian  float64  `json:"zero_median"`
	Mark        string   `json:"mark,omitempty"`
}

type pageAsked struct {
	Name    string     `json:"name"`
	Kind    string     `json:"kind"` // time, memory, ranking
	AtLeast float64    `json:"at_least,omitempty"`
	AtMost  float64    `json:"at_most,omitempty"`
	Got     float64    `json:"got"`
	Rows    int        `json:"rows"`
	Remark  string     `json:"remark,omitempty"`
	Peers   []pagePeer `json:"peers,omitempty"`
}

type pagePeer struct {
	Name   string  `json:"name"`
	Rows   int     `json:"rows"`
	Theirs float64 `json:"theirs"`
	Ours   float64 `json:"ours"` // on the same rows
}

// Page writes what the page shows of the proof.
func (p *Proof) Page(date string) ([]byte, error) {
	f := pageFile{Made: date, Columns: []string{"id", "source", "model", "machine", "measured", "predicted", "lo", "hi", "how",
		"gpus", "seq", "batch", "tp", "pp", "vpp", "cp", "ep", "zero", "micro", "recompute", "framework"}}
	sources, models, machines := map[pageSource]int{}, map[pageModel]int{}, map[pageMachine]int{}
	frames, how, again := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range p.main {
		r := &p.main[i]
		c := r.Case
		l := &c.Layout
		frame := ""
		if c.Memory != nil {
			frame = c.Memory.Frame
		}
		f.Rows = append(f.Rows, []any{c.ID, index(sources, &f.Sources, pageSource{c.Group, c.Title, c.Year, link(c.Place)}),
			index(models, &f.Models, pageModel{c.Model, shapeCase(c), c.MoE}), index(machines, &f.Machines, pageMachine{c.Machine, c.Family, c.Asked.String()}),
			digits(c.Measured), digits(r.Time), digits(r.Lo), digits(r.Hi), index(how, &f.How, r.How), c.GPUs, c.In.Seq, c.In.Batch,
			l.TP, l.PP, l.VPP, l.CP, l.EP, l.ZeRO, l.Micro, index(again, &f.Again, l.Recompute.String()), index(frames, &f.Frames, frame)})
	}
	for _, part := range [...]struct {
		kind string
		list []Asked
	}{{"time", p.Time}, {"memory", p.Memory}, {"ranking", p.Rank}} {
		for i := range part.list {
			a := &part.list[i]
			f.Asked = append(f.Asked, pageAsked{strings.TrimSpace(a.Name), part.kind, a.AtLeast, a.Bound, digits(a.Got), a.Rows, a.Remark, peerLines(a.Peers, a.Stat)})
		}
	}
	f.Families, f.Scales, f.Cells, f.Groups = pageLines(p.Families), pageLines(p.Scales), pageLines(p.Cells), pageLines(p.Groups)
	for i := range f.Groups {
		f.Groups[i].Mark = "" // each is one source
	}
	f.All = pageLines([]Line{p.All})[0]
	f.Peers = peerLines(p.PeersAll, func(e score.Errors) float64 { return e.Median })
	b, err := json.Marshal(&f)
	if err != nil {
		return nil, err
	}
	// A line for each part and row, for readable differences.
	b = bytes.ReplaceAll(b, []byte("],["), []byte("],\n["))
	for _, key := range [...]string{"sources", "models", "machines", "frameworks", "how", "recompute", "columns", "rows", "asked", "families", "scales", "cells", "groups", "all", "peers"} {
		b = bytes.Replace(b, []byte(`,"`+key+`":`), []byte(",\n\""+key+`":`), 1)
	}
	return append(b, '\n'), nil
}

func pageLines(lines []Line) []pageLine {
	out := make([]pageLine, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		e := l.Errors
		x := pageLine{Name: l.Name, Rows: e.Rows, Sources: l.Sources, Mean: digits(e.Mean), Median: digits(e.Median), P90: digits(e.P90), Bias: digits(e.Bias),
			MacroMean: digits(l.MacroMean), MacroMedian: digits(l.MacroMedian), ZeroMean: digits(l.ZeroShot.Mean), ZeroMedian: digits(l.ZeroShot.Median), Mark: l.Mark()}
		if l.Rows80 > 0 {
			v := digits(l.Rows80)
			x.Inside = &v
		}
		if l.Wide > 0 {
			v := digits(l.Sources80)
			x.InsideBy = &v
		}
		out = append(out, x)
	}
	return out
}

func peerLines(lines []PeerLine, stat func(score.Errors) float64) []pagePeer {
	var out []pagePeer
	for _, l := range lines {
		out = append(out, pagePeer{l.Name, l.Theirs.Rows, digits(stat(l.Theirs)), digits(stat(l.Ours))})
	}
	return out
}

// index is where x stands in the list; it is added if it is new.
func index[T comparable](seen map[T]int, list *[]T, x T) int {
	i, ok := seen[x]
	if !ok {
		i = len(*list)
		seen[x] = i
		*list = append(*list, x)
	}
	return i
}

// digits keeps four significant digits.
func digits(v float64) float64 {
	x, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// shapeCase is the case's architecture as a link gives it: "model=shape;layers=32;...".
func shapeCase(c *Case) string {
	a := &c.Arch
	var s scenario.Scenario
	s.SetChoice(scenario.Model, "shape")
	set := func(n scenario.Num, v int) {
		if v != 0 {
			s.SetValue(n, float64(v))
		}
	}
	flag := func(n scenario.Num, on bool) {
		v := 0.0
		if on {
			v = 1
		}
		s.SetValue(n, v)
	}
	layers := a.Layers
	if c.In.Heads > 1 {
		layers -= int(c.In.Heads) - 1 // the extra prediction layer is no layer of the model
	}
	set(scenario.Layers, layers)
	set(scenario.Width, a.Width)
	set(scenario.Heads, a.Heads)
	set(scenario.KVHeads, a.KVHeads)
	set(scenario.HeadDim, a.HeadDim)
	set(scenario.FF, a.FF)
	set(scenario.Vocab, a.Vocab)
	flag(scenario.Gated, a.MLPMatrices > 2)
	flag(scenario.Tied, a.Tied)
	if a.Positions > 1 {
		set(scenario.Positions, a.Positions)
	}
	if a.IsMoE() {
		set(scenario.Experts, a.MoE.Experts)
		set(scenario.TopK, a.MoE.TopK)
		set(scenario.ExpertFF, a.MoE.ExpertFF)
		shared := a.MoE.SharedFF
		if shared == 0 {
			shared = a.MoE.ExpertFF
		}
		set(scenario.SharedFF, a.MoE.SharedExperts*shared)
		set(scenario.MoELayers, min(a.MoE.Layers, layers))
	}
	set(scenario.QRank, a.MLA.QRank)
	set(scenario.KVRank, a.MLA.KVRank)
	set(scenario.NopeDim, a.MLA.NopeDim)
	set(scenario.RopeDim, a.MLA.RopeDim)
	set(scenario.ValueDim, a.MLA.ValueDim)
	set(scenario.WindowSize, a.Window.Size)
	set(scenario.WindowLayers, a.Window.Layers)
	_, text, _ := strings.Cut(s.Fragment(""), ";")
	text, _, _ = strings.Cut(text, ";release=") // the link that the page makes has its own
	return text
}

// link is the address of what a table calls "github:owner/repository@commit
// path ..." or "arXiv:number ..."; empty where it is neither.
func link(place string) string {
	place, _, _ = strings.Cut(place, ";")
	first, rest, _ := strings.Cut(strings.TrimSpace(place), " ")
	if number, ok := strings.CutPrefix(first, "arXiv:"); ok {
		return "https://arxiv.org/abs/" + number
	}
	repository, ok := strings.CutPrefix(first, "github:")
	if !ok {
		return ""
	}
	name, commit, ok := strings.Cut(repository, "@")
	if !ok {
		return "https://github.com/" + name
	}
	path, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	path = strings.TrimSuffix(path, ",")
	if strings.Contains(path, ".") {
		return "https://github.com/" + name + "/blob/" + commit + "/" + path
	}
	return "https://github.com/" + name + "/tree/" + commit
}
