//go:build !js

package training

import (
	"sort"
	"strconv"
	"strings"

	"flopbook/app/fitting/score"
	"flopbook/app/fitting/sheet"
	"flopbook/core/unit"
)

// Peers are what other simulators predicted, by name and run.
type Peers map[string]map[string]peerAnswer

// A peerAnswer is errors, predicted/measured - 1.
type peerAnswer struct {
	time, memory       float64
	hasTime, hasMemory bool
}

// ReadPeers reads peer_predictions.csv.
func ReadPeers(text string) (Peers, *unit.Problem) {
	rows, p := sheet.Read(text, "Peers' predictions", "run_id", "case_id", "peer", "measured_step_s", "predicted_step_s")
	if p != nil {
		return nil, p
	}
	out := Peers{}
	for _, r := range rows {
		var a peerAnswer
		if m, p := r.Number("measured_step_s"), r.Number("predicted_step_s"); m > 0 && p > 0 {
			a.hasTime, a.time = true, p/m-1
		}
		if m, p := r.Number("measured_mem_gib"), r.Number("predicted_mem_gib"); m > 0 && p > 0 {
			a.hasMemory, a.memory = true, p/m-1
		}
		// "calculon@caa4b11", "llm-analysis@d841e40 eff0.5": the commit stands in the table.
		name, rest, _ := strings.Cut(r.Text("peer"), "@")
		if _, setting, ok := strings.Cut(rest, " "); ok {
			name += " " + setting
		}
		run := r.Text("run_id")
		if run == "" {
			run = r.Text("case_id")
		}
		if out[name] == nil {
			out[name] = map[string]peerAnswer{}
		}
		out[name][run] = a
	}
	return out, nil
}

// answer is what a peer said about a case.
func (p Peers) answer(name string, c *Case) (peerAnswer, bool) {
	if a, ok := p[name][c.ID]; ok {
		return a, true
	}
	a, ok := p[name][published(c)]
	return a, ok
}

// A PeerLine is a peer's errors on the rows that it answers, and ours on these.
type PeerLine struct {
	Name         string
	Theirs, Ours score.Errors
}

// onTime compares times on the results' rows, the closest peer first.
func (p Peers) onTime(rs []Result) []PeerLine {
	return p.compare(func(name string) (theirs, own []float64) {
		for i := range rs {
			if a, ok := p.answer(name, rs[i].Case); ok && a.hasTime {
				theirs, own = append(theirs, a.time), append(own, rs[i].Error)
			}
		}
		return theirs, own
	})
}

// onMemory compares memory on rows whose own errors are given by id.
func (p Peers) onMemory(errs map[string]float64) []PeerLine {
	return p.compare(func(name string) (theirs, own []float64) {
		for _, id := range sortedKeys(errs) {
			if a, ok := p[name][id]; ok && a.hasMemory {
				theirs, own = append(theirs, a.memory), append(own, errs[id])
			}
		}
		return theirs, own
	})
}

func (p Peers) compare(errors func(name string) (theirs, own []float64)) []PeerLine {
	var out []PeerLine
	for _, name := range sortedKeys(p) {
		if theirs, own := errors(name); len(theirs) > 0 {
			out = append(out, PeerLine{name, score.Of(theirs), score.Of(own)})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Theirs.Mean < out[j].Theirs.Mean })
	return out
}

// ranked is how well each peer ranks the layouts that it answers.
func (p Peers) ranked(rs []Result) (names []string, by []Ranking) {
	for _, name := range sortedKeys(p) {
		r := ranking(rs, func(r *Result) (float64, bool) {
			a, ok := p.answer(name, r.Case)
			return r.Case.Measured * (1 + a.time), ok && a.hasTime
		})
		if r.Sets > 0 {
			names, by = append(names, name), append(by, r)
		}
	}
	return names, by
}

// published is the name under which the peers' table holds a run of the papers
// that it has no identifier for.
func published(c *Case) string {
	size := strings.TrimPrefix(c.Model, "GPT-")
	switch c.Group {
	case "korthikanti":
		if c.Layout.DP > 1 {
			return "KOR22-text-530B-dp8"
		}
		return "KOR22-T5-" + size + "-" + c.Layout.Recompute.String()
	case "megatron-a100":
		if i, ok := map[string]string{"GPT-1.7B": "1.7B", "GPT-3.6B": "3.6B", "GPT-7.5B": "7.5B", "GPT-18B": "18.4B", "GPT-39B": "39.1B", "GPT-76B": "76.1B",
			"GPT-145B": "145.6B", "GPT-310B": "310.1B", "GPT-530B": "529.6B", "GPT-1T": "1008.0B"}[c.Model]; ok && strings.HasPrefix(c.ID, "ptdp") {
			return "NAR21-T1-" + i
		}
		return "NAR21-T2-" + size + "-" + strconv.Itoa(int(c.GPUs))
	}
	return ""
}
