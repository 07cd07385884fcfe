//go:build !js

package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"sort"
	"strings"

	"flopbook/core"
	"flopbook/core/unit"
)

func init() {
	register("validate", Verb{Args: "FILE.csv [--json]", Says: "predict measured runs from their own configuration and show the error", Run: validate})
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
	Skipped   string   `json:"skipped,omitempty"`
}

type validSummary struct {
	Metric   string  `json:"metric"`
	Rows     int     `json:"rows"`
	Median   float64 `json:"median_abs_error"`
	P90      float64 `json:"p90_abs_error"`
	Bias     float64 `json:"median_error"`
	Coverage float64 `json:"coverage"`
}

func validate(e *Env, args []string) error {
	fs := flag.NewFlagSet("validate", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print JSON")
	plain, err := parse(fs, args, 1, 1)
	if err != nil {
		return err
	}
	text, err := readInput(e, plain[0])
	if err != nil {
		return err
	}
	header, _, _ := strings.Cut(string(text), "\n")
	if !strings.Contains(header, "gpu_hours") && !strings.Contains(header, "energy_mwh") {
		return &unit.Problem{Field: "Table", Value: header, Wrong: "has no column of whole runs (gpu_hours, energy_mwh)", Allowed: "the columns of training_totals.csv", Fix: "single steps and serving cannot be validated yet"}
	}
	totals, p := core.ReadTotals(string(text))
	if p != nil {
		return p
	}
	var rows []validRow
	errs := map[string][]float64{}
	inside := map[string]int{}
	skipped := map[string]int{}
	skip := func(id, why string) {
		rows = append(rows, validRow{ID: id, Skipped: why})
		skipped[why]++
	}
	for i := range totals {
		t := &totals[i]
		hours, energy, why := core.PredictTotal(t)
		if why != "" {
			if strings.HasPrefix(why, "accelerator not") {
				why = "accelerator not in the catalogue"
			}
			skip(t.ID, why)
			continue
		}
		said := false
		add := func(metric string, kind unit.Kind, measured float64, r unit.Range) {
			s := kind.JSONScale()
			m, v, lo, hi, d := measured/s, r.V/s, r.Lo/s, r.Hi/s, r.V/measured-1
			rows = append(rows, validRow{ID: t.ID, Metric: metric, Unit: kind.Name(), Measured: &m, Predicted: &v, Lo: &lo, Hi: &hi, Error: &d})
			errs[metric] = append(errs[metric], d)
			if measured >= r.Lo && measured <= r.Hi {
				inside[metric]++
			}
			said = true
		}
		// Without a use column every row with both figures counts.
		anyUse := t.Use == ""
		if t.GPUHours > 0 && hours.V > 0 && (anyUse || t.Has("time")) {
			add("gpu_hours", unit.GPUHourCount, t.GPUHours, hours)
		}
		if t.EnergyJ > 0 && t.GPUHours > 0 && energy.V > 0 && (anyUse || t.Has("energy")) {
			add("energy", unit.Energy, t.EnergyJ, energy)
		}
		switch {
		case said:
		case !anyUse && !t.Has("time") && !t.Has("energy"):
			skip(t.ID, "use is "+t.Use)
		default:
			skip(t.ID, "GPU-hours, energy or compute missing")
		}
	}
	var sums []validSummary
	for _, metric := range []string{"gpu_hours", "energy"} {
		if n := len(errs[metric]); n > 0 {
			abs := make([]float64, n)
			for i, d := range errs[metric] {
				abs[i] = math.Abs(d)
			}
			sums = append(sums, validSummary{metric, n, quantile(abs, 0.5), quantile(abs, 0.9), quantile(errs[metric], 0.5), float64(inside[metric]) / float64(n)})
		}
	}
	total := 0
	for _, n := range skipped {
		total += n
	}
	if *asJSON {
		enc := json.NewEncoder(e.Out)
		enc.SetIndent("", " ")
		return enc.Encode(map[string]any{"rows": rows, "summary": map[string]any{"metrics": sums, "skipped": total, "reasons": skipped}})
	}
	fmt.Fprintln(e.Out, "id, metric, unit, measured, predicted, lo, hi, error")
	for _, r := range rows {
		if r.Skipped != "" {
			fmt.Fprintf(e.Out, "%s, skipped: %s\n", r.ID, r.Skipped)
			continue
		}
		fmt.Fprintf(e.Out, "%s, %s, %s, %.6g, %.6g, %.6g, %.6g, %+.3f\n", r.ID, r.Metric, r.Unit, *r.Measured, *r.Predicted, *r.Lo, *r.Hi, *r.Error)
	}
	for _, s := range sums {
		fmt.Fprintf(e.Out, "\n%s: %d rows; |error| median %.1f %%, 90th percentile %.1f %%; signed median %+.1f %%; %.0f %% inside the 80 %% range\n",
			s.Metric, s.Rows, 100*s.Median, 100*s.P90, 100*s.Bias, 100*s.Coverage)
	}
	fmt.Fprintf(e.Out, "skipped: %d\n", total)
	why := make([]string, 0, len(skipped))
	for w := range skipped {
		why = append(why, w)
	}
	sort.Strings(why)
	for _, w := range why {
		fmt.Fprintf(e.Out, "  %d: %s\n", skipped[w], w)
	}
	return nil
}

// quantile is the linear-interpolation quantile of values.
func quantile(values []float64, q float64) float64 {
	v := append([]float64(nil), values...)
	sort.Float64s(v)
	at := q * float64(len(v)-1)
	i := int(at)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}
