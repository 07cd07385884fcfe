//go:build js

package view

import (
	"math"
	"strconv"
	"strings"
	"syscall/js"
	"testing"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
)

// onPart mounts the page with a case, on a part of the calculator.
func onPart(t *testing.T, part string, fields map[string]string) (p *page, settle func()) {
	t.Helper()
	p, flush := mounted(t)
	var s scenario.Scenario
	for k, v := range fields {
		if c, ok := scenario.ChoiceByKey(k); ok {
			if problem := s.SetChoice(c, v); problem != nil {
				t.Fatal(problem)
			}
		} else if n, ok := scenario.NumByKey(k); ok {
			if problem := s.SetNum(n, v); problem != nil {
				t.Fatal(problem)
			}
		}
	}
	one(t, `[data-test="door-gpus"]`).Call("click")
	flush()
	at := -1
	for i := range state.Parts {
		if state.Parts[i].Key == part {
			at = i
		}
	}
	p.h.send(state.Take{Case: s})
	one(t, `[data-part="`+itoa(at)+`"]`).Call("click")
	flush()
	return p, flush
}

func every(selector string) (out []js.Value) {
	list := js.Global().Get("document").Call("querySelectorAll", selector)
	for i := range list.Length() {
		out = append(out, list.Index(i))
	}
	return out
}

// cents reads "$1,234.56" as 123456.
func cents(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.NewReplacer("$", "", "€", "", "¥", "", ",", "", "−", "-").Replace(text), 64)
	if err != nil {
		t.Fatalf("%q is no money to the cent", text)
	}
	return math.Round(100 * v)
}

func column(row js.Value, i int) string {
	return row.Get("children").Index(i).Get("textContent").String()
}

// The lines, the table of the picture and that of the plan, as they stand on
// the page, say the same: to the cent, and to the day.
func TestLinesPictureAndPlanAgreeOnThePage(t *testing.T) {
	for name, fields := range map[string]map[string]string{
		"chat":    {"model": "llama-3.1-8b", "gpus": "512"},
		"service": {"model": "llama-2-7b", "pipeline": "service", "pay": "spot", "start": "2027"},
		"euros":   {"model": "llama-2-7b", "pipeline": "service", "currency": "eur"},
		"yen":     {"model": "llama-3.1-8b", "gpus": "512", "currency": "jpy", "exchange": "150"},
	} {
		t.Run(name, func(t *testing.T) {
			_, settle := onPart(t, state.BillPart, fields)
			box := one(t, "#bill-cents")
			box.Set("checked", true)
			fire(box, "change")
			settle()
			lines, stages, total := 0.0, map[string]float64{}, 0.0
			for _, row := range every(`[data-test="bill-lines"] tbody tr`) {
				v := cents(t, column(row, 1))
				switch class := row.Get("className").String(); {
				case class == "total":
					total = v
				case class == "line":
					lines += v
				default:
					stages[column(row, 0)] = v
				}
			}
			for _, details := range every(".bill figure .twin") {
				details.Set("open", true)
				fire(details, "toggle")
			}
			settle()
			drawn, sum := 0.0, 0.0
			tables := every(".bill figure .twin table")
			if len(tables) != 2 {
				t.Fatalf("%d tables of pictures", len(tables))
			}
			heads := tables[0].Call("querySelectorAll", "thead th")
			at := -1
			for i := range heads.Length() {
				if heads.Index(i).Get("textContent").String() == "cost" {
					at = i
				}
			}
			rows := tables[0].Call("querySelectorAll", "tbody tr")
			for i := range rows.Length() {
				name, v := column(rows.Index(i), 0), cents(t, column(rows.Index(i), at))
				parts := 0.0
				for k := 1; k < at; k++ {
					parts += cents(t, column(rows.Index(i), k))
				}
				if name == "Reserve" {
					name, parts = "Reserve, for what goes wrong", v
				}
				if stages[name] != v || parts != v {
					t.Errorf("%s: %v cents in the lines, %v in the picture, %v by kinds", name, stages[name], v, parts)
				}
				drawn += v
			}
			for _, v := range stages {
				sum += v
			}
			if reserve := stages["Reserve, for what goes wrong"]; lines+reserve != total || sum != total || drawn != total {
				t.Errorf("total %v cents; lines %v, stages %v, picture %v", total, lines+reserve, sum, drawn)
			}
			// The plan names the same stages in the same order, with the days of the picture's table.
			days := heads.Length() - 1
			plan := tables[1].Call("querySelectorAll", "tbody tr")
			for i := range plan.Length() {
				if column(plan.Index(i), 0) != column(rows.Index(i), 0) || column(plan.Index(i), 2) != column(rows.Index(i), days) {
					t.Errorf("plan: %s for %s, picture %s for %s", column(plan.Index(i), 0), column(plan.Index(i), 2), column(rows.Index(i), 0), column(rows.Index(i), days))
				}
			}
		})
	}
}

// All money of a bill in another currency is in it: total, lines, the picture
// and its table, the ways of paying; the rate stands beside it with its date
// and source and opens to be changed. Figures open to the amount in dollars.
func TestTheBillFollowsItsCurrency(t *testing.T) {
	p, settle := onPart(t, state.BillPart, map[string]string{"model": "llama-3.1-8b", "currency": "eur"})
	for _, details := range every(".bill figure .twin") {
		details.Set("open", true)
		fire(details, "toggle")
	}
	settle()
	for _, selector := range []string{`[data-test="bill-lines"]`, `[aria-label="Ways of paying"]`, ".bill figure"} {
		text := one(t, selector).Get("textContent").String()
		if !strings.Contains(text, "€") && !strings.Contains(text, "EUR") || strings.Contains(text, "$") {
			t.Errorf("%s: %.300s", selector, text)
		}
	}
	if text := one(t, `[data-test="bill-total"]`).Get("textContent").String(); !strings.HasPrefix(text, "All together €") {
		t.Errorf("total: %s", text)
	}
	rate := one(t, `[data-test="bill-rate"]`)
	for _, word := range []string{"0.9626 EUR for a US dollar", "European Central Bank", "2024-12-31", "recalled", "medium confidence"} {
		if text := rate.Get("textContent").String(); !strings.Contains(text, word) {
			t.Errorf("the rate does not say %q: %s", word, text)
		}
	}
	one(t, `[data-test="bill-rate"] [data-open="exchange"]`).Call("click")
	settle()
	one(t, `[data-change-box="exchange"] input`)
	names := every(".bill [data-open]")
	for _, b := range names {
		name := b.Call("getAttribute", "data-open").String()
		if _, ok := p.h.explained().Var(name); !ok {
			t.Errorf("%s opens to nothing", name)
		}
	}
	if len(names) < 20 {
		t.Errorf("%d figures open", len(names))
	}
}

// Moving to the cleaner place is one step, and Undo takes it back.
func TestMovingToACleanerPlace(t *testing.T) {
	p, settle := onPart(t, state.BillPart, map[string]string{"model": "llama-3.1-8b"})
	before := p.h.bill().Foot
	if before.Cleaner == nil {
		t.Fatal("no cleaner place than the United States")
	}
	one(t, `[data-test="move"]`).Call("click")
	settle()
	after := p.h.bill().Foot
	if p.h.answer.In.Grid.ID != before.Cleaner.ID || math.Abs(before.Carbon.V-before.CleanerSaves-after.Carbon.V) > 1e-6*before.Carbon.V {
		t.Errorf("moved to %s: %v kg less, said %v", p.h.answer.In.Grid.ID, before.Carbon.V-after.Carbon.V, before.CleanerSaves)
	}
	one(t, `[data-test="undo"]`).Call("click")
	settle()
	if got := p.h.bill().Foot.Carbon.V; got != before.Carbon.V {
		t.Errorf("undone: %v kg, before %v", got, before.Carbon.V)
	}
}

// Every figure of the bill, its footprint and the alternatives opens to a formula.
func TestEveryFigureOfTheBillOpens(t *testing.T) {
	for _, part := range []string{state.BillPart, state.InsteadPart} {
		p, settle := onPart(t, part, map[string]string{"model": "llama-3.1-8b", "people": "1M", "pipeline": "service"})
		var names []string
		for _, b := range every(".out [data-open]") {
			names = append(names, b.Call("getAttribute", "data-open").String())
		}
		if len(names) < 20 {
			t.Fatalf("%s: %d figures", part, len(names))
		}
		for _, name := range names {
			if s, ok := p.h.explained().Find(name); !ok || s.Expr == "" {
				t.Errorf("%s: %s has no formula", part, name)
			}
		}
		one(t, `.out [data-open="`+names[len(names)-1]+`"]`).Call("click")
		settle()
		one(t, `[data-test="work"] math`)
	}
}

// A rung of the ladder opens as the case.
func TestRungsOpen(t *testing.T) {
	p, settle := onPart(t, state.AmongPart, nil)
	rungs := every("[data-rung]")
	if len(rungs) != len(core.Rungs) {
		t.Fatalf("%d rungs", len(rungs))
	}
	rungs[1].Call("click")
	settle()
	if got := p.h.answer.Out.V[core.Cost].V; math.Abs(got/core.Rungs[1]-1) > 0.02 {
		t.Errorf("the rung of %v costs %v", core.Rungs[1], got)
	}
}
