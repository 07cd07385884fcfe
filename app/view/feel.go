package view

import (
	"math"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core"
	"flopbook/core/unit"
)

// feelText is what is typed to show how fast answers come.
const feelText = "A token is a short word or a piece of a longer one. The machine writes them one after another: for each it reads every weight of the model once, and then looks back at all that was said before. The wait before the first is the time to read your question, and to find a free place. Watch the pace: most people read four or five words a second, so much more than that is rarely noticed, and much less feels slow."

// feelTokens is the text cut as a tokenizer might: words with the blank before
// them, those of more than seven letters in two.
var feelTokens = func() (tokens []string) {
	for i, w := range strings.Fields(feelText) {
		if i > 0 {
			w = " " + w
		}
		if len(w) > 8 {
			tokens = append(tokens, w[:len(w)/2])
			w = w[len(w)/2:]
		}
		tokens = append(tokens, w)
	}
	return tokens
}()

// feelTyped is how much of the text stands there after so many seconds.
func feelTyped(seconds, first, each float64) (text string, done bool) {
	if !(seconds >= first) {
		return "", false
	}
	n := len(feelTokens)
	if each > 0 {
		n = int(math.Min(float64(n), 1+math.Floor((seconds-first)/each)))
	}
	return strings.Join(feelTokens[:n], ""), n == len(feelTokens)
}

// feelSpeed is the wait for the first token and for each further one, in
// seconds: at the usual load where there is a demand, else of a full machine.
func feelSpeed(out *core.Report) (first, each float64, ok bool) {
	for _, k := range [...][2]core.Key{{core.UsualTTFT, core.UsualTPOT}, {core.TTFT, core.TPOT}} {
		if out.Known[k[0]] && out.Known[k[1]] {
			return out.V[k[0]].V, out.V[k[1]].V, true
		}
	}
	return 0, 0, false
}

// feel types a text at the predicted speed, when asked to. Readers who want no
// motion get it whole, with the times in words.
type feel struct {
	app.Compo
	H           *hub
	First, Each float64 // s

	on    bool
	turn  int // grows with each start, which ends what the last one set going
	said  string
	began float64 // ms of the browser's clock
	tick  app.Func
	host  app.Value
}

func (c *feel) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	word := "Type it"
	if c.on {
		word = "Stop"
	}
	last := c.First + c.Each*float64(len(feelTokens)-1)
	return app.Div().Class("feel").Attr("data-test", "feel").Body(
		app.H3().Text("How fast it feels"),
		app.P().Class("says").Text("The first token comes after "+unit.Short(unit.Time, c.First)+", then one every "+unit.Short(unit.Time, c.Each)+
			": "+count(math.Max(1, math.Round(1/c.Each)))+" a second. These "+itoa(len(feelTokens))+" tokens take "+unit.Short(unit.Time, last)+"."),
		app.P().Class("row").Body(
			button("", "type-it", word).OnClick(c.H.safe("feel", c.onClick)),
			app.Span().Class("done").Attr("role", "status").Attr("data-test", "felt").Text(c.said)),
		// Written to directly: drawing the page for each token would be too much.
		app.P().Class("typed").Aria("hidden", "true"),
	)
}

func (c *feel) OnUpdate(ctx app.Context) {
	if c.on { // at the new speed, from the start
		c.began = app.Window().Get("performance").Call("now").Float()
	}
}

func (c *feel) OnDismount() { c.stop() }

func (c *feel) onClick(ctx app.Context, e app.Event) {
	if c.on {
		c.stop()
		c.said = "Stopped."
		return
	}
	c.host = c.JSValue().Call("querySelector", ".typed")
	if !c.host.Truthy() {
		return
	}
	if app.Window().Call("matchMedia", "(prefers-reduced-motion: reduce)").Get("matches").Bool() {
		c.host.Set("textContent", feelText)
		c.finished()
		return
	}
	c.host.Set("textContent", "")
	c.on, c.said = true, "Typing."
	c.began = app.Window().Get("performance").Call("now").Float()
	c.turn++
	turn := c.turn
	c.tick = app.FuncOf(func(app.Value, []app.Value) any {
		defer c.H.rescue()
		if !c.on || c.turn != turn {
			return nil
		}
		now := app.Window().Get("performance").Call("now").Float()
		text, done := feelTyped((now-c.began)/1000, c.First, c.Each)
		c.host.Set("textContent", text)
		if done {
			ctx.Dispatch(func(app.Context) {
				c.stop()
				c.finished()
			})
			return nil
		}
		app.Window().Call("requestAnimationFrame", c.tick)
		return nil
	})
	app.Window().Call("requestAnimationFrame", c.tick)
}

func (c *feel) finished() {
	c.said = "First token after " + unit.Short(unit.Time, c.First) + ", last after " + unit.Short(unit.Time, c.First+c.Each*float64(len(feelTokens)-1)) + "."
}

// stop ends the typing. The function is given back only with the next frame,
// which may still call it.
func (c *feel) stop() {
	c.on = false
	if tick := c.tick; tick != nil {
		c.tick = nil
		var free app.Func
		free = app.FuncOf(func(app.Value, []app.Value) any {
			tick.Release()
			free.Release()
			return nil
		})
		app.Window().Call("requestAnimationFrame", free)
	}
}
