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
	n, busy := out.V[core.ServeGPUsAll].V, ""
	if b := out.V[core.FleetBusy].V; out.Known[core.FleetBusy] && b < 0.9 {
		busy = " and " + unit.Short(unit.Fraction, b) + " busy"
	}
	if n == 1 {
		return " from one GPU, rented all day" + busy + ","
	}
	return " from " + count(n) + " GPUs, rented all day" + busy + ","
}

// sentence is the answer to what is asked, in words.
func sentence(m *state.Model, a *core.Answered) []piece {
	w := writer{m: m, a: a}
	in, out := &a.In, &a.Out
	doing, do, with := core.Teaching(in)
	if !out.Fits && in.Ask != "check" {
		says := "The training does not fit: "
		if n := out.V[core.GPUsMemory].V; out.Known[core.GPUsMemory] && n > out.V[core.GPUs].V {
			says += "it takes at least " + count(n) + " of these to hold it. "
		} else {
			says += "each GPU would have to hold " + unit.Short(unit.ByteCount, out.V[core.Memory].V) + ". "
		}
		w.say(says + "If it did: ")
	}
	switch in.Ask {
	case "gpus":
		why := ""
		switch out.Binds {
		case core.BindsMemory:
			why = ": fewer would not hold it in memory"
		case core.BindsDeadline:
			why = ": fewer would be too slow"
		}
		if g := out.V[core.GPUs]; out.Binds == core.BindsDeadline && g.Hi > g.V*1.05 {
			why += "; to be safe, take " + count(g.Hi)
		}
		w.tell("To " + do + " {model}" + with + " on {tokens} in {days} you need [gpus] {card}" + why + ". They finish in [days], take [energy] and cost about [cost].")
	case "usd":
		w.tell(doing + " {model}" + with + " on {tokens} with {gpus} {card} costs about [cost] and takes [days] and [energy].")
	case "tokens":
		from, to := "In {days}", "for about [cost]"
		if out.Binds == core.BindsBudget {
			from, to = "For {budget}", "which takes [days]"
		}
		w.tell(from + ", {gpus} {card} can " + do + " {model}" + with + " on [tokens], " + to + ".")
	case "params":
		from, to := "In {days}", "for about [cost]"
		switch out.Binds {
		case core.BindsBudget:
			from, to = "For {budget}", "which takes [days]"
		case core.BindsRoom:
			to += "; a larger one does not fit"
		}
		if !out.Known[core.SizeLargest] {
			w.tell(from + ", {gpus} {card} cannot " + do + " even the smallest model tried" + with + " on {tokens}. Take more of them, more days or fewer tokens.")
			break
		}
		w.tell(from + ", {gpus} {card} can " + do + " a model of up to [size_largest]" + with + " on {tokens}, " + to + ".")
	case "check":
		keep := "they keep [mfu of their peak speed] busy with useful work. "
		if out.V[core.MFU].V > 1 {
			keep = "that is impossible: they would need [mfu of their peak speed]. "
		}
		w.tell("If {gpus} {card} " + do + " {model}" + with + " on {tokens} in {days}, " + keep)
		if fs := core.Claim(in, out); len(fs) > 0 {
			w.say(fs[len(fs)-1].Says)
		}
		return w.pieces
	default:
		w.tell(doing + " {model}" + with + " on {tokens} with {gpus} {card} takes [days] and [energy], and costs about [cost].")
	}
	after := ""
	switch {
	case in.Serving.Plan.TooBig && in.V(scenario.People) > 0:
		w.pieces = append(w.pieces, piece{Kind: second})
		_, fix := noRoom(out)
		w.tell("Answering {people people} does not work as it stands: the model does not fit the machines. ")
		w.say(fix)
	case out.Known[core.CrossingDays] && out.V[core.CrossingDays].V < 36525:
		after = " costs more than that after [crossing_days]."
	case out.Known[core.CostPerDay]:
		after = " costs [serve_cost_per_day a day]."
	}
	if after != "" {
		w.pieces = append(w.pieces, piece{Kind: second})
		w.tell("Answering {people people}" + servedBy(out) + after)
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

// tell puts a template's words down: {key} is a value that the reader sets,
// {model} and {card} are choices, [name] is a worked-out quantity; words after
// a key belong to it.
func (w *writer) tell(text string) {
	for text != "" {
		at := strings.IndexAny(text, "{[")
		if at < 0 {
			w.say(text)
			return
		}
		if at > 0 {
			w.say(text[:at])
		}
		end := strings.IndexAny(text, "}]")
		name, after, more := strings.Cut(text[at+1:end], " ")
		if more {
			after = " " + after
		}
		if text[at] == '[' {
			k, _ := core.KeyByName(name)
			w.open(k, after)
		} else if name == "model" {
			w.model()
		} else if name == "card" {
			w.option(scenario.Accelerator, gpuWord(&w.a.In, w.a.Out.V[core.GPUs].V))
		} else {
			n, _ := scenario.NumByKey(name)
			w.num(n, after)
		}
		text = text[end+1:]
	}
}

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
	w.pieces = append(w.pieces, piece{Kind: option, Choice: c, Text: text, Mild: w.m.Case.Choice[c] == ""})
}

func (w *writer) model() {
	if w.m.Case.Chosen(scenario.Model) == "size" {
		w.say("a model of ")
		w.num(scenario.Params, "")
		return
	}
	w.option(scenario.Model, w.a.In.ModelName)
}

func (w *writer) open(k core.Key, after string) {
	if !w.a.Out.Known[k] {
		w.say("an unknown " + strings.ToLower(core.Quantities[k].Label))
		return
	}
	t, span := text(&w.a.Out, k)
	t = unit.Words(core.Quantities[k].Kind, w.a.Out.V[k].V)
	t += after
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
	case "params":
		keys = []core.Key{core.SizeLargest, core.Days, core.Cost}
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
		if i == 0 && a.In.Recipe.Frozen > 0 {
			v += " for an adapter"
		}
		out = append(out, v)
	}
	return out
}
