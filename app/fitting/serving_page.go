//go:build !js

package fitting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The file that the page Accuracy fetches (web/data/accuracy-serving.json): the
// errors by regime, those of other tools, and every measurement with its
// prediction, in lists by regime and unit.
type servedFile struct {
	Made    string         `json:"made"`
	Rows    int            `json:"rows"`    // of the table
	Assumed int            `json:"assumed"` // predicted rows without a question length
	Skipped []servedReason `json:"skipped"`
	Regimes []servedRegime `json:"regimes"`
	Peers   []servedPeer   `json:"peers"`
	Sets    []servedSet    `json:"sets"`
}

type servedReason struct {
	Why  string `json:"why"`
	Rows int    `json:"rows"`
}

type servedErrors struct {
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
	Bias   float64 `json:"bias"` // signed median
}

type servedRegime struct {
	Name string `json:"name"`
	Left string `json:"left"` // what was left out
	Rows int    `json:"rows"`
	servedErrors
	Inside float64 `json:"inside"` // share inside the 80 % range
}

// Errors of time, on the rows that the tool answers.
type servedPeer struct {
	Name   string       `json:"name"`
	Rows   int          `json:"rows"`
	Theirs servedErrors `json:"theirs"`
	Ours   servedErrors `json:"ours"`
}

type servedSet struct {
	Regime    int       `json:"regime"`
	Unit      string    `json:"unit"`
	Measured  []float64 `json:"measured"`
	Predicted []float64 `json:"predicted"`
	Inside    string    `json:"inside"` // a 1 for each row whose measurement lies in the range
}

// ServingPage writes what the page shows of the validation of a table.
func ServingPage(date string, rows []ServingRow, done []ServingPrediction, sums []ServingSummary, peers []PeerScore) ([]byte, error) {
	f := servedFile{Made: date, Rows: len(rows)}
	why := map[string]int{} // place in the list, from 1
	for i := range rows {
		w := rows[i].Skipped
		if w == "" {
			continue
		}
		if why[w] == 0 {
			f.Skipped = append(f.Skipped, servedReason{Why: w})
			why[w] = len(f.Skipped)
		}
		f.Skipped[why[w]-1].Rows++
	}
	place := map[string]int{}
	for i, s := range sums {
		name, left := regimeWords(s.Name)
		place[s.Name] = i
		f.Regimes = append(f.Regimes, servedRegime{name, left, s.Errors.Rows, servedErrors{three(s.Errors.Median), three(s.Errors.P90), three(s.Errors.Bias)}, three(s.Coverage)})
	}
	for _, p := range peers {
		f.Peers = append(f.Peers, servedPeer{p.Name, p.Theirs.Rows,
			servedErrors{three(p.Theirs.Median), three(p.Theirs.P90), three(p.Theirs.Bias)}, servedErrors{three(p.Ours.Median), three(p.Ours.P90), three(p.Ours.Bias)}})
	}
	type key struct {
		regime int
		unit   string
	}
	at := map[key]int{} // place in the list, from 1
	for i := range done {
		d := &done[i]
		regime, ok := place[d.Regime]
		if !ok {
			return nil, fmt.Errorf("%s: no regime %q", d.Row.ID, d.Regime)
		}
		if d.Row.InAssumed {
			f.Assumed++
		}
		u, scale := pageUnit(d.Row.Unit)
		k := key{regime, u}
		if at[k] == 0 {
			f.Sets = append(f.Sets, servedSet{Regime: regime, Unit: u})
			at[k] = len(f.Sets)
		}
		s := &f.Sets[at[k]-1]
		s.Measured, s.Predicted = append(s.Measured, three(d.Row.Measured/scale)), append(s.Predicted, three(d.Predicted/scale))
		in := "0"
		if d.Row.Measured >= d.Lo && d.Row.Measured <= d.Hi {
			in = "1"
		}
		s.Inside += in
	}
	b, err := json.Marshal(&f)
	if err != nil {
		return nil, err
	}
	// A line for each part and entry, for readable differences.
	b = bytes.ReplaceAll(b, []byte("},{"), []byte("},\n{"))
	for _, key := range [...]string{"rows", "skipped", "regimes", "peers", "sets"} {
		b = bytes.Replace(b, []byte(`,"`+key+`":`), []byte(",\n\""+key+`":`), 1)
	}
	return append(b, '\n'), nil
}

// regimeWords parts a regime's name from what was left out.
func regimeWords(regime string) (name, left string) {
	i := strings.LastIndex(regime, ": ")
	return regime[:i], strings.TrimSuffix(regime[i+2:], " left out")
}

// pageUnit is the unit in which the page shows a table's unit, and its size in SI.
func pageUnit(u string) (name string, scale float64) {
	switch u {
	case "ms":
		return "s", 1
	case "tok/s/GPU":
		return "tok/s", 1
	case "GB":
		return u, 1e9
	}
	return u, 1
}

// three keeps three significant digits.
func three(v float64) float64 {
	x, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}
