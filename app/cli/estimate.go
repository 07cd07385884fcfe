//go:build !js

package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"strings"

	"flopbook/core"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

func init() {
	register("estimate", Verb{Args: "FILE [--json]", Says: "what a scenario means: GPUs, days, energy, money, serving", Run: estimate})
	register("solve", Verb{Args: "FILE --for gpus|days|usd|tokens|params [--json]", Says: "find the unknown, and the rule that bound it", Run: solve})
	register("explain", Verb{Args: "FILE KEY [--json]", Says: "show the work behind one number", Run: explain})
}

// readScenario reads a scenario file; anything in it that cannot be used is an error.
func readScenario(e *Env, file string) (scenario.Scenario, error) {
	b, err := readInput(e, file)
	if err != nil {
		return scenario.Scenario{}, err
	}
	s, problems, _ := scenario.ParseJSON(b)
	if len(problems) > 0 {
		return s, problems[0]
	}
	return s, nil
}

// caseIn reads the flags and words of a verb, of which the first names a scenario.
func caseIn(e *Env, fs *flag.FlagSet, args []string, words int) (s scenario.Scenario, plain []string, err error) {
	if plain, err = parse(fs, args, words, words); err == nil {
		s, err = readScenario(e, plain[0])
	}
	return s, plain, err
}

func answer(s *scenario.Scenario) (core.Answered, error) {
	a := core.Answer(s)
	if len(a.Problems) > 0 {
		return a, a.Problems[0]
	}
	return a, nil
}

func estimate(e *Env, args []string) error {
	fs := flag.NewFlagSet("estimate", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print the report as JSON")
	s, _, err := caseIn(e, fs, args, 1)
	if err != nil {
		return err
	}
	a, err := answer(&s)
	if err != nil {
		return err
	}
	if *asJSON {
		_, err = e.Out.Write(a.JSON())
		return err
	}
	return printReport(e, &a)
}

// printReport writes the answer sentence, every reported quantity and the warnings.
func printReport(e *Env, a *core.Answered) error {
	var b strings.Builder
	b.WriteString(core.Sentence(&a.In, &a.Out) + "\n\n")
	for k := range core.Quantities {
		if !a.Out.Known[k] {
			continue
		}
		q := &core.Quantities[k]
		value, span := unit.Text(q.Kind, a.Out.V[k])
		if span != "" {
			value += "  (" + span + ")"
		}
		fmt.Fprintf(&b, "%-48s %-28s %s\n", q.Label, q.Name, value)
	}
	if a.In.Ask == "check" {
		b.WriteString("\n")
		for _, f := range core.Claim(&a.In, &a.Out) {
			mark := "fits"
			if !f.OK {
				mark = "DOES NOT FIT"
			}
			fmt.Fprintf(&b, "%-28s %-13s %s\n", f.Label, mark, f.Says)
		}
	}
	writeBill(&b, a)
	fmt.Fprintf(&b, "\nMemory: %s\n", core.MemorySentence(&a.In, &a.Out))
	for _, w := range a.Out.Warnings() {
		says, fix := core.WarningText(w)
		fmt.Fprintf(&b, "\nNote: %s %s", says, fix)
	}
	fmt.Fprintf(&b, "\n\nEight times in ten the real figure should lie in the range beside it. Release %s.\n", scenario.Release)
	_, err := e.Out.Write([]byte(b.String()))
	return err
}

// writeBill writes the whole bill: its total, and each stage with when it
// starts, how long it takes, who works on it and what it costs.
func writeBill(b *strings.Builder, a *core.Answered) {
	var whole core.TheBill
	core.Bill(&a.In, &a.Out, &whole)
	value, span := unit.Text(unit.Money, whole.Total.Range())
	fmt.Fprintf(b, "\n%-48s %-28s %s  (%s)\n", "The whole bill", "bill.total", value, span)
	fmt.Fprintf(b, "  %-46s %10s %8s %12s %16s %12s\n", "", "from day", "days", "person-days", "GPU-hours", "cost")
	for s := range whole.Stages {
		st := &whole.Stages[s]
		if st.On {
			fmt.Fprintf(b, "  %-46s %10.0f %8.0f %12s %16s %12s\n", lifecycle.Stages[s].Name, st.Start, st.Days, unit.Short(unit.Count, math.Round(st.People*st.Days)),
				unit.Short(unit.Count, math.Round(st.GPUHours.V)), unit.Short(unit.Money, st.Money))
		}
	}
	fmt.Fprintf(b, "  %-46s %10s %8s %12s %16s %12s\n", "Reserve", "", "", "", "", unit.Short(unit.Money, whole.Reserve.V))
	for _, note := range whole.Notes(&a.In, &a.Out) {
		b.WriteString("  " + note + "\n")
	}
}

func solve(e *Env, args []string) error {
	fs := flag.NewFlagSet("solve", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print the report as JSON")
	unknown := fs.String("for", "", "the unknown: gpus, days, usd, tokens or params")
	s, _, err := caseIn(e, fs, args, 1)
	if err != nil {
		return err
	}
	switch *unknown {
	case "gpus", "days", "usd", "tokens", "params":
	case "":
		return errors.New("--for is missing; allowed: gpus, days, usd, tokens, params; for example --for gpus.")
	default:
		return &unit.Problem{Field: "--for", Value: *unknown, Wrong: "is not an unknown that can be solved for", Allowed: "gpus, days, usd, tokens, params", Fix: "try --for gpus"}
	}
	s.Choice[scenario.Ask] = ""
	if p := s.SetChoice(scenario.Ask, *unknown); p != nil {
		return p
	}
	a, err := answer(&s)
	if err != nil {
		return err
	}
	if *asJSON {
		_, err = e.Out.Write(a.JSON())
		return err
	}
	if says := core.BindingText(a.Out.Binds); says != "" {
		fmt.Fprintln(e.Out, says)
	}
	return printReport(e, &a)
}

func explain(e *Env, args []string) error {
	fs := flag.NewFlagSet("explain", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print the steps as JSON")
	s, plain, err := caseIn(e, fs, args, 2)
	if err != nil {
		return err
	}
	a, err := answer(&s)
	if err != nil {
		return err
	}
	var whole core.TheBill
	core.Bill(&a.In, &a.Out, &whole)
	book := core.ExplainBill(&a.In, &a.Out, &whole)
	if err := book.Err(); err != nil {
		return err
	}
	trail := book.Trail(plain[1])
	if len(trail) == 0 {
		var keys []string
		for _, st := range book.Steps() {
			keys = append(keys, st.Name)
		}
		return &unit.Problem{Field: "KEY", Value: plain[1], Wrong: "is not a number of this case", Allowed: strings.Join(keys, ", "), Fix: "try days"}
	}
	if *asJSON {
		type input struct {
			Name   string  `json:"name"`
			Label  string  `json:"label"`
			Value  float64 `json:"value"`
			Origin string  `json:"origin"`
			Source string  `json:"source,omitempty"`
			Date   string  `json:"date,omitempty"`
		}
		type step struct {
			Name    string  `json:"name"`
			Label   string  `json:"label"`
			Formula string  `json:"formula"`
			Value   float64 `json:"value"`
			Lo      float64 `json:"lo"`
			Hi      float64 `json:"hi"`
			Says    string  `json:"says,omitempty"`
			Ignores string  `json:"ignores,omitempty"`
			Inputs  []input `json:"inputs"`
		}
		var out []step
		for _, st := range trail {
			x := step{Name: st.Name, Label: st.Label, Formula: st.Expr, Value: st.Value, Lo: st.Lo, Hi: st.Hi, Says: st.Says, Ignores: st.Ignores}
			if x.Lo == 0 && x.Hi == 0 {
				x.Lo, x.Hi = x.Value, x.Value
			}
			for _, in := range st.Inputs {
				x.Inputs = append(x.Inputs, input{in.Name, in.Label, in.Value, in.Origin.String(), in.Source, in.Date})
			}
			out = append(out, x)
		}
		enc := json.NewEncoder(e.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(out)
	}
	for i, st := range trail {
		if i > 0 {
			fmt.Fprintln(e.Out)
		}
		fmt.Fprint(e.Out, st.Citation())
	}
	return nil
}
