//go:build !js

package training

import (
	"encoding/csv"
	"math"
	"strconv"
	"strings"

	"flopbook/core/unit"
)

// A Peer is what another simulator predicted for a run.
type Peer struct {
	Run, Case, Name string
	Error           float64 // predicted/measured - 1
}

// ReadPeers reads peer_predictions.csv.
func ReadPeers(text string) ([]Peer, *unit.Problem) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) < 2 {
		return nil, &unit.Problem{Field: "Peers' predictions", Wrong: "are not a table", Fix: "give peer_predictions.csv"}
	}
	col := map[string]int{}
	for i, h := range rows[0] {
		col[h] = i
	}
	for _, need := range [...]string{"run_id", "case_id", "peer", "measured_step_s", "predicted_step_s"} {
		if _, ok := col[need]; !ok {
			return nil, &unit.Problem{Field: "Peers' predictions", Value: need, Wrong: "is a column that the table lacks", Fix: "give peer_predictions.csv"}
		}
	}
	var out []Peer
	for _, r := range rows[1:] {
		m, e1 := strconv.ParseFloat(r[col["measured_step_s"]], 64)
		p, e2 := strconv.ParseFloat(r[col["predicted_step_s"]], 64)
		if e1 != nil || e2 != nil || !(m > 0) || !(p > 0) {
			continue
		}
		out = append(out, Peer{r[col["run_id"]], r[col["case_id"]], r[col["peer"]], p/m - 1})
	}
	return out, nil
}

// on is the peers' mean |error| on the runs of the results, by name, with the
// number of runs that each answered.
func on(peers []Peer, rs []Result) map[string][2]float64 {
	ids := map[string]bool{}
	for i := range rs {
		ids[rs[i].Case.ID] = true
		if k := published(rs[i].Case); k != "" {
			ids[k] = true
		}
	}
	out := map[string][2]float64{}
	for _, p := range peers {
		if p.Run != "" && ids[p.Run] || p.Run == "" && ids[p.Case] {
			v := out[p.Name]
			out[p.Name] = [2]float64{v[0] + math.Abs(p.Error), v[1] + 1}
		}
	}
	for k, v := range out {
		out[k] = [2]float64{v[0] / v[1], v[1]}
	}
	return out
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
