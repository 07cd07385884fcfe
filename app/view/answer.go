package view

import (
	"strings"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// A piece of the answer's sentence.
type piece struct {
	Kind pieceKind
	Text string
	Span string // range of a worked-out number

	Open   string          // name of the worked-out number
	Num    scenario.Num    // of a value
	Choice scenario.Choice // of a choice
	Now    float64         // value in force
	Box    string          // what a text box for the value holds
	Bad    string          // what is wrong with what is typed there
	Mild   bool            // the value is assumed
}

type pieceKind uint8

const (
	plain  pieceKind = iota
	value            // the reader's number: type, drag, arrows
	option           // the reader's choice
	worked           // Flopbook's number: opens
	second           // what follows is a sentence of its own
)

// servedBy says on how many GPUs people are answered: one is the least that can be
// rented, however few ask.
func servedBy(out *core.Report) string {
	n := out.V[core.ServeGPUsAll].V
	if n == 1 {
		return " from one GPU, rented all day,"
	}
	return " from " + count(n) + " GPUs, rented all day,"
}

// sentence is the answer to what is asked, in words.
func sentence(m *state.Model, a *core.Answered) []piece {
	w := writer{m: m, a: a}
	in, out := &a.In, &a.Out
	if !out.Fits && in.Ask != "check" {
		says := "This does not fit: "
		if n := out.V[core.GPUsMemory].V; out.Known[core.GPUsMemory] && n > out.V[core.GPUs].V {
			says += "it takes at least " + count(n) + " of these to hold it. "
		} else {
			says += "each GPU would have to hold " + unit.Short(unit.ByteCount, out.V[core.Memory].V) + ". "
		}
		w.say(says + "If it did: ")
	}
	switch in.Ask {
	case "gpus":
		w.say("To train ")
		w.model()
		w.say(" on ")
		w.num(scenario.Tokens, "")
		w.say(" in ")
		w.num(scenario.Days, "")
		w.say(" you need ")
		w.open(core.GPUs, "")
		w.say(" ")
		w.option(scenario.Accelerator, gpuWord(in, out.V[core.GPUs].V))
		switch out.Binds {
		case core.BindsMemory:
			w.say(": fewer would not hold it in memory")
		case core.BindsDeadline:
			w.say(": fewer would be too slow")
		}
		if g := out.V[core.GPUs]; out.Binds == core.BindsDeadline && g.Hi > g.V*1.05 {
			w.say(" (nine times in ten, " + count(g.Hi) + " are enough)")
		}
		w.say(". They finish in ")
		w.open(core.Days, "")
		w.say(", take ")
		w.open(core.Energy, "")
		w.say(" and cost about ")
		w.open(core.Cost, "")
		w.say(".")
	case "usd":
		w.say("Training ")
		w.model()
		w.say(" on ")
		w.num(scenario.Tokens, "")
		w.say(" with ")
		w.gpus()
		w.say(" costs about ")
		w.open(core.Cost, "")
		w.say(" and takes ")
		w.open(core.Days, "")
		w.say(" and ")
		w.open(core.Energy, "")
		w.say(".")
	case "tokens":
		if out.Binds == core.BindsBudget {
			w.say("For ")
			w.num(scenario.Budget, "")
			w.say(", ")
		} else {
			w.say("In ")
			w.num(scenario.Days, "")
			w.say(", ")
		}
		w.gpus()
		w.say(" can train ")
		w.model()
		w.say(" on ")
		w.open(core.Tokens, "")
		if out.Binds == core.BindsBudget {
			w.say(", which takes ")
			w.open(core.Days, "")
			w.say(".")
		} else {
			w.say(", for about ")
			w.open(core.Cost, "")
			w.say(".")
		}
	case "check":
		w.say("If ")
		w.gpus()
		w.say(" train ")
		w.model()
		w.say(" on ")
		w.num(scenario.Tokens, "")
		w.say(" in ")
		w.num(scenario.Days, "")
		if out.V[core.MFU].V > 1 {
			w.say(", that is impossible: they would need ")
			w.open(core.MFU, "of their peak speed")
			w.say(". ")
		} else {
			w.say(", they keep ")
			w.open(core.MFU, "of their peak speed")
			w.say(" busy with useful work. ")
		}
		if fs := core.Claim(in, out); len(fs) > 0 {
			w.say(fs[len(fs)-1].Says)
		}
		return w.pieces
	default:
		w.say("Training ")
		w.model()
		w.say(" on ")
		w.num(scenario.Tokens, "")
		w.say(" with ")
		w.gpus()
		w.say(" takes ")
		w.open(core.Days, "")
		w.say(" and ")
		w.open(core.Energy, "")
		w.say(", and costs about ")
		w.open(core.Cost, "")
		w.say(".")
	}
	switch {
	case out.Known[core.CrossingDays] && out.V[core.CrossingDays].V < 36525:
		w.pieces = append(w.pieces, piece{Kind: second})
		w.say("Answering ")
		w.num(scenario.People, " people")
		w.say(servedBy(out))
		w.say(" costs more than that after ")
		w.open(core.CrossingDays, "")
		w.say(".")
	case out.Known[core.CostPerDay]:
		w.pieces = append(w.pieces, piece{Kind: second})
		w.say("Answering ")
		w.num(scenario.People, " people")
		w.say(servedBy(out))
		w.say(" costs ")
		w.open(core.CostPerDay, "a day")
		w.say(".")
	}
	return w.pieces
}

// writer puts a sentence together.
type writer struct {
	m      *state.Model
	a      *core.Answered
	pieces []piece
}

func (w *writer) say(text string) { w.pieces = append(w.pieces, piece{Kind: plain, Text: text}) }

func (w *writer) num(n scenario.Num, after string) {
	v := &w.a.In.Num[n]
	if !v.Known {
		w.say("any number of " + strings.ToLower(scenario.Nums[n].Name))
		return
	}
	p := piece{Kind: value, Num: n, Now: v.R.V, Text: unit.Words(scenario.Nums[n].Kind, v.R.V) + after, Box: valueText(&w.m.Case, &w.a.In, n)}
	p.Mild = assumed(v)
	if !v.R.IsExact() {
		_, p.Span = unit.Text(scenario.Nums[n].Kind, v.R)
	}
	if d := w.m.Draft[n]; d.On {
		p.Box, p.Bad = d.Text, d.Problem
	}
	w.pieces = append(w.pieces, p)
}

func (w *writer) option(c scenario.Choice, text string) {
	w.pieces = append(w.pieces, piece{Kind: option, Choice: c, Text: text})
}

func (w *writer) model() {
	if w.m.Case.Chosen(scenario.Model) == "size" {
		w.say("a model of ")
		w.num(scenario.Params, "")
		return
	}
	w.option(scenario.Model, w.a.In.ModelName)
}

func (w *writer) gpus() {
	w.num(scenario.GPUs, "")
	w.say(" ")
	w.option(scenario.Accelerator, gpuWord(&w.a.In, w.a.In.V(scenario.GPUs)))
}

func (w *writer) open(k core.Key, after string) {
	if !w.a.Out.Known[k] {
		w.say("an unknown " + strings.ToLower(core.Quantities[k].Label))
		return
	}
	t, span := text(&w.a.Out, k)
	t = unit.Words(core.Quantities[k].Kind, w.a.Out.V[k].V)
	if after != "" {
		t += " " + after
	}
	w.pieces = append(w.pieces, piece{Kind: worked, Open: core.Quantities[k].Name, Text: t, Span: span})
}

// plainAnswer is the sentence as plain text, for ears and for alt text.
func plainAnswer(a *core.Answered) string {
	var m state.Model
	var b strings.Builder
	for _, p := range sentence(&m, a) {
		if p.Kind == second {
			b.WriteByte(' ')
		}
		b.WriteString(p.Text)
		if p.Kind == worked && p.Span != "" {
			b.WriteString(" (" + p.Span + ")")
		}
	}
	return b.String()
}

// shortAnswer is what stays in sight while the inputs scroll: a few words.
func shortAnswer(a *core.Answered) []string {
	keys := []core.Key{core.Days, core.Cost, core.CrossingDays}
	switch a.In.Ask {
	case "gpus":
		keys = []core.Key{core.GPUs, core.Days, core.Cost}
	case "usd":
		keys = []core.Key{core.Cost, core.Days, core.Energy}
	case "tokens":
		keys = []core.Key{core.Tokens, core.Days, core.Cost}
	case "check":
		keys = []core.Key{core.MFU, core.Energy, core.Cost}
	}
	var out []string
	for i, k := range keys {
		if !a.Out.Known[k] || i == 2 && k == core.CrossingDays {
			continue
		}
		v, _ := text(&a.Out, k)
		if k == core.GPUs {
			v += " GPUs"
		}
		out = append(out, v)
	}
	return out
}
