//go:build !js

package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"flopbook/app/fitting"
	"flopbook/app/fitting/score"
	"flopbook/core"
	"flopbook/core/unit"
)

func init() {
	register("validate", Verb{Args: "FILE.csv [--json] [--by-source] [--train FILE.csv] [--peers FILE.csv] [--page FOLDER]",
		Says: "predict measured runs or services from their own configuration and show the error; the last four for services", Run: validate})
}

// A row of validate's output: error = predicted/measured - 1.
type validRow struct {
	ID        string   `json:"id"`
	Metric    string   `json:"metric,omitempty"`
	Unit      string   `json:"unit,omitempty"`
	Measured  *float64 `json:"measured,omitempty"`
	Predicted *float64 `json:"predicted,omitempty"`
	Lo        *float64 `json:"lo,omitempty"`
	Hi        *float64 `json:"hi,omitempty"`
	Error     *float64 `json:"error,omitempty"`
	Assumed   string   `json:"assumed,omitempty"` // what the table does not say and the prediction needs
	Skipped   string   `json:"skipped,omitempty"`
}

type validSummary struct {
	Rows     int     `json:"rows"`
	Median   float64 `json:"median_abs_error"`
	P90      float64 `json:"p90_abs_error"`
	Bias     float64 `json:"median_error"`
	Coverage float64 `json:"coverage"` // share of rows inside the 80 % range
}

func validate(e *Env, args []string) error {
	fs := flag.NewFlagSet("validate", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print JSON")
	strict := fs.Bool("by-source", false, "leave whole sources out, not engine versions")
	train := fs.String("train", "", "fit on this table of services instead of FILE")
	peers := fs.String("peers", "", "compare with the tools of this table (columns of peer_inference.csv); the one beside FILE if not given")
	page := fs.String("page", "", "folder for accuracy-serving.json, which the page Accuracy fetches")
	plain, err := parse(fs, args, 1, 1)
	if err != nil {
		return err
	}
	text, err := readInput(e, plain[0])
	if err != nil {
		return err
	}
	header, _, _ := strings.Cut(string(text), "\n")
	if isRuns(header) {
		return validateRuns(e, string(text), *asJSON)
	}
	if isServing(header) {
		if beside := filepath.Join(filepath.Dir(plain[0]), "peer_inference.csv"); *peers == "" && plain[0] != "-" {
			if _, err := os.Stat(beside); err == nil {
				*peers = beside
			}
		}
		return validateServing(e, string(text), *train, *peers, *page, *strict, *asJSON)
	}
	if !strings.Contains(header, "gpu_hours") && !strings.Contains(header, "energy_mwh") {
		return &unit.Problem{Field: "Table", Value: header, Wrong: "has no column that can be compared", Allowed: "the columns of training_runs.csv, training_totals.csv or inference.csv", Fix: "name the columns as those files do"}
	}
	totals, p := core.ReadTotals(string(text))
	if p != nil {
		return p
	}
	rows := validateTotals(totals)
	base := baselines(totals, rows)
	if err := printValidation(e, rows, nil, base, *asJSON); err != nil || *asJSON {
		return err
	}
	kept := fitting.PracticeOf(totals)("")
	fmt.Fprintf(e.Out, "\nwhole runs keep %.3f of the speed predicted at its best (eight in ten %.3f to %.3f; %d runs of %d sources); each run above is predicted with the share of the other sources\n",
		kept.Share.V, kept.Share.Lo, kept.Share.Hi, kept.Rows, kept.Sources)
	fmt.Fprint(e.Out, fitting.RunChoices)
	if len(base) > 0 {
		fmt.Fprintln(e.Out, "\nGPU-hours by the median share of peak of the family, which has seen the answers:")
	}
	for _, b := range base {
		fmt.Fprintf(e.Out, "  %-44s %d rows; |error| median %.1f %%, 90th percentile %.1f %%\n", b.Name, b.Rows, 100*b.Median, 100*b.P90)
	}
	return nil
}

// A validBaseline is the error of a plain rule on the same rows.
type validBaseline struct {
	Name   string  `json:"name"`
	Rows   int     `json:"rows"`
	Median float64 `json:"median_abs_error"`
	P90    float64 `json:"p90_abs_error"`
}

// baselines are the errors of the family medians, on the runs that were compared.
func baselines(totals []core.Total, rows []validRow) (out []validBaseline) {
	counted := map[string]bool{}
	for _, r := range rows {
		counted[r.ID] = counted[r.ID] || r.Metric == "gpu_hours"
	}
	add := func(name string, hours []float64) {
		var off []float64
		for i := range totals {
			if counted[totals[i].ID] && hours[i] > 0 {
				off = append(off, hours[i]/totals[i].GPUHours-1)
			}
		}
		if len(off) > 0 {
			sum := score.Of(off)
			out = append(out, validBaseline{name, sum.Rows, sum.Median, sum.P90})
		}
	}
	add("in sample", core.FamilyMedian(totals, false))
	add("each source left out in turn", core.FamilyMedian(totals, true))
	return out
}

// measuredRow is one comparison, in the unit of the report's JSON.
func measuredRow(id, metric string, kind unit.Kind, measured float64, r unit.Range) validRow {
	s := kind.JSONScale()
	m, v, lo, hi, d := measured/s, r.V/s, r.Lo/s, r.Hi/s, r.V/measured-1
	return validRow{ID: id, Metric: metric, Unit: kind.Name(), Measured: &m, Predicted: &v, Lo: &lo, Hi: &hi, Error: &d}
}

// validateTotals compares whole runs: GPU-hours, and energy from the row's own
// GPU-hours. What runs keep in practice is fitted without each row's source.
func validateTotals(totals []core.Total) []validRow {
	var rows []validRow
	practice := fitting.PracticeOf(totals)
	for i := range totals {
		t := &totals[i]
		skip := func(why string) { rows = append(rows, validRow{ID: t.ID, Skipped: why}) }
		hours, energy, why := core.PredictTotalWith(t, practice(t.Group))
		if why != "" {
			skip(why)
			continue
		}
		// Without a use column every row with both figures counts.
		anyUse, said := t.Use == "", false
		if t.GPUHours > 0 && hours.V > 0 && (anyUse || t.Has("time")) {
			rows = append(rows, measuredRow(t.ID, "gpu_hours", unit.GPUHourCount, t.GPUHours, hours))
			said = true
		}
		if t.EnergyJ > 0 && t.GPUHours > 0 && energy.V > 0 && (anyUse || t.Has("energy")) {
			rows = append(rows, measuredRow(t.ID, "energy", unit.Energy, t.EnergyJ, energy))
			said = true
		}
		switch {
		case said:
		case !anyUse && !t.Has("time") && !t.Has("energy"):
			skip("use is " + t.Use)
		default:
			skip("GPU-hours, energy or compute missing")
		}
	}
	return rows
}

// summarize gathers the errors of each metric.
func summarize(rows []validRow) (metrics map[string]validSummary, skipped map[string]int) {
	errs, inside := map[string][]float64{}, map[string]int{}
	metrics, skipped = map[string]validSummary{}, map[string]int{}
	for _, r := range rows {
		if r.Skipped != "" {
			why, _, _ := strings.Cut(r.Skipped, ":")
			skipped[why]++
			continue
		}
		errs[r.Metric] = append(errs[r.Metric], *r.Error)
		if *r.Measured >= *r.Lo && *r.Measured <= *r.Hi {
			inside[r.Metric]++
		}
	}
	for metric, e := range errs {
		sum := score.Of(e)
		metrics[metric] = validSummary{sum.Rows, sum.Median, sum.P90, sum.Bias, float64(inside[metric]) / float64(sum.Rows)}
	}
	return metrics, skipped
}

// printValidation writes the rows and their summary, as text or as JSON, and
// how many rows are of each source that the shipped constants have seen; base
// is what a plain rule reaches on the same rows.
func printValidation(e *Env, rows []validRow, seen map[string]int, base []validBaseline, asJSON bool) error {
	metrics, skipped := summarize(rows)
	total := 0
	for _, n := range skipped {
		total += n
	}
	if asJSON {
		summary := map[string]any{"rows": len(rows) - total, "metrics": metrics, "skipped": total, "reasons": skipped}
		if len(seen) > 0 {
			summary["in_the_fit"] = seen
		}
		if len(base) > 0 {
			summary["baselines"] = base
		}
		return encode(e, rows, summary)
	}
	printRows(e, rows)
	for _, metric := range sorted(metrics) {
		s := metrics[metric]
		fmt.Fprintf(e.Out, "\n%s: %d rows; |error| median %.1f %%, 90th percentile %.1f %%; signed median %+.1f %%; %.0f %% inside the 80 %% range\n",
			metric, s.Rows, 100*s.Median, 100*s.P90, 100*s.Bias, 100*s.Coverage)
	}
	fmt.Fprintln(e.Out)
	if len(seen) > 0 {
		n := 0
		for _, k := range seen {
			n += k
		}
		fmt.Fprintf(e.Out, "%d steps are of sources that the shipped constants were fitted on (%s); for these this is no test: fit --report leaves each source out\n", n, strings.Join(sorted(seen), ", "))
	}
	printSkipped(e, skipped)
	return nil
}

// encode writes rows and their summary as JSON.
func encode(e *Env, rows []validRow, summary map[string]any) error {
	enc := json.NewEncoder(e.Out)
	enc.SetIndent("", " ")
	return enc.Encode(map[string]any{"rows": rows, "summary": summary})
}

func printRows(e *Env, rows []validRow) {
	fmt.Fprintln(e.Out, "id, metric, unit, measured, predicted, lo, hi, error")
	for _, r := range rows {
		if r.Skipped != "" {
			fmt.Fprintf(e.Out, "%s, skipped: %s\n", r.ID, r.Skipped)
			continue
		}
		fmt.Fprintf(e.Out, "%s, %s, %s, %.6g, %.6g, %.6g, %.6g, %+.3f", r.ID, r.Metric, r.Unit, *r.Measured, *r.Predicted, *r.Lo, *r.Hi, *r.Error)
		if r.Assumed != "" {
			fmt.Fprintf(e.Out, ", assumed: %s", r.Assumed)
		}
		fmt.Fprintln(e.Out)
	}
}

func printSkipped(e *Env, reasons map[string]int) {
	total := 0
	for _, n := range reasons {
		total += n
	}
	fmt.Fprintf(e.Out, "skipped: %d\n", total)
	for _, why := range sorted(reasons) {
		fmt.Fprintf(e.Out, "  %d: %s\n", reasons[why], why)
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
