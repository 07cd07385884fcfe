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
	switch *by {
	case "days":
	case "usd":
		o.Goal = train.Cheapest
	default:
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
	fmt.Fprintf(e.Out, "%-66s %12s %10s %12s %14s %7s\n", "layout", "step", "days", "cost", "memory", "MFU")
	for _, p := range r.Plans {
		fmt.Fprintf(e.Out, "%-66s %12s %10s %12s %14s %7s\n", core.PlanText(&p.Plan), unit.Short(unit.Time, p.Step.Total), unit.Short(unit.DayCount, p.Days),
			unit.Short(unit.Money, p.USD), unit.Short(unit.ByteCount, p.Peak.Total), unit.Short(unit.Fraction, p.MFU))
	}
	fmt.Fprintf(e.Out, "\n%s.\n", r.Count())
	if says := r.Says(); len(says) > 0 {
		fmt.Fprintln(e.Out, strings.Join(says, "\n"))
	}
	fmt.Fprintf(e.Out, "\n%-8s %12s %10s  %s\n", "GPUs", "time", "counts", "layout")
	for _, p := range r.Curve {
		if p.Fits {
			fmt.Fprintf(e.Out, "%-8d %12s %10s  %s\n", p.There, unit.Short(unit.Time, p.Time), unit.Short(unit.Fraction, p.Used), core.PlanText(&p.Plan))
		} else {
			fmt.Fprintf(e.Out, "%-8d does not fit\n", p.There)
		}
	}
	return nil
}
