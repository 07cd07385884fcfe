package view

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/derivation"
)

// hub is what the components share: the model, the answer to it and the way to
// send messages. Components hold the same pointer for ever, so it never makes
// one draw anew; what they show comes in their other fields.
type hub struct {
	m     state.Model
	fault string // a mistake of ours that a handler ran into

	answer    core.Answered
	fresh     bool // answer belongs to m.Case
	rev       int  // grows with each new answer
	book      *derivation.Book
	bookRev   int
	bookPart  int
	bookTry   float64
	whole     *core.TheBill // worked out when somebody looks
	wholeRev  int
	climbed   []core.Rung    // the ladder, worked out when somebody looks
	climbedOn string         // its accelerator
	steps     *measuredSteps // read when Accuracy opens
	served    *measuredServing
	then      string // what the link's release showed
	said      string // the answer as the live region last said it
	address   string // fragment last written to the address bar
	turn      int    // of the model when the address was last written
	focused   int    // last focus wish granted
	spoken    int    // rev that the live region has said
	writing   bool   // a write of the address is under way
	speaking  bool
	slow      slowCharts
}

// send is how a component tells what the reader did. The page draws itself
// anew in the same frame, since go-app marks every ancestor of the component
// that the event came from.
func (h *hub) send(msg state.Msg) {
	before := h.m.Case
	h.slow.touched(msg)
	h.m = state.Update(h.m, msg)
	if h.m.Case != before {
		h.fresh = false
	}
}

// settle works the answer out, at most once between two drawings.
func (h *hub) settle() {
	if h.fresh {
		return
	}
	defer h.rescue()
	h.fresh = true // also after a fault: the same case would fail again
	next := core.Answer(&h.m.Case)
	h.answer = next
	h.rev++
	h.then = h.m.Since(&h.answer.Out)
}

// explained is the book of the present answer, written when someone asks.
func (h *hub) explained() *derivation.Book {
	if h.book == nil || h.bookRev != h.rev || h.bookPart != h.m.Part || h.bookTry != h.m.Try {
		h.bookRev, h.bookPart, h.bookTry = h.rev, h.m.Part, h.m.Try
		if state.OfTheBill(h.m.Part) {
			h.book = core.ExplainBill(&h.answer.In, &h.answer.Out, h.bill())
		} else {
			h.book = core.Explain(&h.answer.In, &h.answer.Out)
		}
		if state.Parts[h.m.Part].Key == state.TradePart {
			if t, ok := trying(h); ok {
				core.ExplainSize(h.book, &h.answer.In, &t)
			}
		}
	}
	return h.book
}

// rescue keeps a panic from ending the program: the page says that it made a
// mistake and stays as it was. Deferred by every handler and drawing.
func (h *hub) rescue() {
	if r := recover(); r != nil {
		h.fault = clip(fmt.Sprint(r), 200)
		app.Logf("%v\n%s", r, debug.Stack())
	}
}

// mend keeps a panic while drawing from ending the program: that part of the
// page says so, the rest stands.
func (h *hub) mend(ui *app.UI) {
	if r := recover(); r != nil {
		app.Logf("%v\n%s", r, debug.Stack())
		*ui = app.P().Class("bad").Attr("role", "alert").Text("This part could not be drawn, which is our mistake. The rest of the page works.")
	}
}

// safe wraps a handler. The scope tells go-app handlers apart, which compares
// code and would take all wrapped ones for the same.
func (h *hub) safe(scope string, f func(app.Context, app.Event)) (app.EventHandler, app.EventOption) {
	return func(ctx app.Context, e app.Event) {
		defer h.rescue()
		f(ctx, e)
	}, app.EventScope(scope)
}

// drawn is what remains to do after a drawing: the address, the focus, the
// live region.
func (h *hub) drawn(ctx app.Context) {
	if h.m.FocusTurn != h.focused {
		h.focused = h.m.FocusTurn
		name := h.m.Focus
		ctx.Defer(func(app.Context) { focusOn(name) })
	}
	if h.m.Turn != h.turn {
		h.turn = h.m.Turn
		h.write(true)
	} else if !h.writing && h.fragment() != h.address {
		h.writing = true
		later(ctx, 300*time.Millisecond, h.writeSoon)
	}
	h.awaitRest(ctx)
	if !h.speaking && h.rev != h.spoken {
		h.speaking = true
		later(ctx, 900*time.Millisecond, h.speak)
	}
}

func (h *hub) writeSoon(app.Context) {
	h.writing = false
	h.write(false)
}

func (h *hub) fragment() string { return h.m.Fragment(state.Shown(&h.answer.Out)) }

// write puts the page as it stands into the address bar; as a new entry of the
// history only on deliberate steps, since browsers bound how often.
func (h *hub) write(push bool) {
	h.settle()
	f := h.fragment()
	if f == h.address {
		return
	}
	h.address = f
	writeAddress(f, push)
}

func (h *hub) speak(app.Context) {
	h.speaking = false
	h.spoken = h.rev
	h.said = plainAnswer(&h.answer)
}

// follow reads the address, at start and when the reader goes back.
func (h *hub) follow(fragment string) {
	if fragment == h.address && h.address != "" {
		return
	}
	h.address = fragment
	h.send(state.Follow{Fragment: fragment})
	h.turn = h.m.Turn
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

func has(list []string, s string) bool { return slices.Contains(list, s) }
