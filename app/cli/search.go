//go:build !js

package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"strings"

	"flopbook/core"
	"flopbook/core/train"
	"flopbook/core/unit"
)

func init() {
	register("search", Verb{Args: "FILE [--by days|usd] [--top N] [--every] [--json]", Says: "rank all ways to share a run over its GPUs", Run: search})
}

func search(e *Env, args []string) error {
	fs := flag.NewFlagSet("search", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print the ranking as JSON")
	by := fs.String("by", "days", "rank by days or usd")
	top := fs.Int("top", 10, "plans to print, 1 to 64")
	every := fs.Bool("every", false, "try all values known, not only those of usual software")
	plain, err := parse(fs, args, 1, 1)
	if err != nil {
		return err
	}
	o := core.SearchOptions{Keep: *top, Every: *every, Curve: true}
	goal, known := core.SearchGoal(*by)
	if o.Goal = goal; !known {
		return &unit.Problem{Field: "--by", Value: *by, Wrong: "is not what plans can be ranked by", Allowed: "days, usd", Fix: "leave it out for days"}
	}
	if *top < 1 || *top > train.MostKept {
		return &unit.Problem{Field: "--top", Value: fmt.Sprint(*top), Wrong: "is not a number of plans to print", Allowed: "1 to 64", Fix: "try 10"}
	}
	s, err := readScenario(e, plain[0])
	if err != nil {
		return err
	}
	a, err := answer(&s)
	if err != nil {
		return err
	}
	r := core.Search(&a.In, o)
	if *asJSON {
		out := json.NewEncoder(e.Out)
		out.SetIndent("", "  ")
		return out.Encode(r.Export())
	}
	if r.Problem != nil {
		return r.Problem
	}
	return printSearch(e, &r)
}

// printSearch writes the ranking, why the first won and what would change it,
// and the run over numbers of GPUs.
func printSearch(e *Env, r *core.LayoutSearch) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-66s %10s  %-28s %-28s %10s %6s\n", "layout", "step", "days", "cost", "memory", "MFU")
	for i := range r.Plans {
		p := &r.Plans[i]
		fmt.Fprintf(&b, "%-66s %10s  %-28s %-28s %10s %6s\n", core.PlanText(&p.Plan), unit.Short(unit.Time, p.Step.Total), ranged(unit.DayCount, p.Days),
			ranged(unit.Money, p.USD), unit.Short(unit.ByteCount, p.Peak.Total), unit.Short(unit.Fraction, p.MFU.V))
	}
	fmt.Fprintf(&b, "\n%s.\n\n", r.Count())
	for _, s := range r.Says() {
		fmt.Fprintln(&b, s)
	}
	fmt.Fprintf(&b, "\n%-9s %-28s %-28s %7s  %s\n", "GPUs", "days", "cost", "counts", "layout (* nothing beats it in GPUs, days and cost alike)")
	for i := range r.Curve {
		p := &r.Curve[i]
		mark := " "
		if p.Best {
			mark = "*"
		}
		if !p.Fits {
			fmt.Fprintf(&b, "%-8d  does not fit\n", p.There)
			continue
		}
		fmt.Fprintf(&b, "%-8d%s %-28s %-28s %7s  %s", p.There, mark, ranged(unit.DayCount, p.Days), ranged(unit.Money, p.USD), unit.Short(unit.Fraction, p.Used), core.PlanText(&p.Plan))
		if p.Batch > float64(r.Batch) {
			fmt.Fprintf(&b, ", batch %s", unit.Short(unit.Count, p.Batch))
		}
		fmt.Fprintln(&b)
	}
	_, err := e.Out.Write([]byte(b.String()))
	return err
}

func ranged(k unit.Kind, r unit.Range) string {
	v, span := unit.Text(k, r)
	if span == "" {
		return v
	}
	return v + " (" + span + ")"
}
