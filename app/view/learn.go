package view

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// lessonPage is the one lesson: guess first, then the steps, live.
type lessonPage struct {
	app.Compo
	H      *hub
	Lesson state.Lesson

	s      scenario.Scenario // the lesson's own case, which the reader may bend
	ready  bool
	drafts [scenario.NumCount]state.Draft
}

// published is what Patterson et al. 2021, Table 4, give for GPT-3.
const published = 1287 * 3.6e9 // J

func (c *lessonPage) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	if !c.ready {
		c.s, c.ready = state.GPT3(), true
	}
	l := &c.H.m.Lesson
	paper := link("https://arxiv.org/abs/2104.10350", "Patterson et al. 2021, Table 4")
	body := []app.UI{
		app.H1().Text("Why GPT-3 took 1,287 MWh"),
		app.P().Class("lead").Body(app.Text("In 2020 OpenAI trained GPT-3, a model of 175 billion parameters, on 300 billion tokens, with about 10,000 V100 GPUs. A year later Google and Berkeley worked out its electricity: 1,287 megawatt-hours ("), paper, app.Text("). Where does such a number come from?")),
	}
	// The guess.
	guess := app.Input().Type("text").ID("guess").Attr("data-field", "guess").Placeholder("500 MWh").AutoComplete(false).
		Value(l.Guess).OnInput(c.H.safe("guess", c.onGuess)).OnKeyDown(c.H.safe("keys", c.onKey))
	if l.Problem != "" {
		guess = guess.Aria("invalid", "true").Aria("describedby", "guess-bad")
	}
	card := []app.UI{
		app.H2().Text("First, guess"),
		app.P().Text("You know the title; forget it. A household in the United States uses about 10.5 MWh a year. Would one household’s yearly electricity train GPT-3? A village’s? A city’s? Say a number."),
		app.Div().Class("guess").Body(
			app.Label().For("guess").Text("Your guess, in MWh"), guess,
			button("main", "guess", "See the answer").OnClick(c.H.safe("hand", c.onHand)),
			button("", "skip-guess", "Skip the guess").OnClick(c.H.safe("skip", c.onSkip))),
	}
	if l.Problem != "" {
		card = append(card, app.P().Class("bad").ID("guess-bad").Text(l.Problem))
	}
	if l.Given && l.Joules > 0 {
		card = append(card, app.P().Class("told").ID("told").TabIndex(-1).Attr("data-test", "told").Text(verdict(l.Joules)))
	}
	body = append(body, app.Section().Class("card").Aria("label", "Your guess").Body(card...))
	if !l.Given {
		body = append(body, app.P().Class("sub").Text("The steps follow when you have guessed: a wrong guess makes the answer stick."), c.trade())
		return app.Div().Class("lesson").Body(body...)
	}
	a := core.Answer(&c.s)
	book := core.Explain(&a.In, &a.Out)
	steps := []struct {
		title, says string
		nums        []scenario.Num
		shows       string
		value       core.Key
	}{
		{"1. The work", "Every parameter takes part in two operations when a token is read, and four more when the model learns from it: six in all. So the work is six times the size times the tokens.", []scenario.Num{scenario.Tokens}, "flops", core.FLOPs},
		{"2. The speed", "A V100 could do 125 trillion operations a second. In training it kept 24.6 of them useful, a share of 19.7 %: the rest went to waiting, moving numbers and work that does not count. Work over useful speed gives hours of one GPU.", []scenario.Num{scenario.MFU}, "gpu_hours", core.GPUHours},
		{"3. The days", "Ten thousand of them share the work.", []scenario.Num{scenario.GPUs}, "days", core.Days},
		{"4. The power", "Each GPU with its share of the server drew about 330 watts, and for every watt that reached a computer the building needed 1.1. Power times time is energy.", []scenario.Num{scenario.PowerPerGPU, scenario.PUE}, "energy", core.Energy},
		{"5. The carbon", "On the grid of that time and place, each kilowatt-hour stood for 0.429 kg of CO₂ and its like (CO₂e).", []scenario.Num{scenario.Intensity}, "carbon", core.Carbon},
	}
	for _, s := range steps {
		v, _ := text(&a.Out, s.value)
		if s.value == core.Energy {
			v = megawattHours(a.Out.V[s.value].V) // in the unit of the title
		}
		parts := []app.UI{app.H2().Text(s.title), app.P().Text(s.says)}
		if step, ok := book.Find(s.shows); ok {
			parts = append(parts, app.Div().Class("formula").TabIndex(0).Attr("role", "group").Aria("label", "Formula with the figures").Body(formulas(book, step)...))
		}
		var sets []app.UI
		for _, n := range s.nums {
			sets = append(sets, c.set(n, &a))
		}
		parts = append(parts, app.Div().Class("sets").Body(sets...))
		parts = append(parts, app.P().Class("result").Body(app.Text(core.Quantities[s.value].Label+": "), app.Span().Class("q still").Text(v)))
		body = append(body, app.Section().Class("step").Body(parts...))
	}
	e := a.Out.V[core.Energy].V
	end := "The energy is the published 1,287 MWh to within a percent, from six numbers."
	if off := e/published - 1; off > 0.01 || off < -0.01 {
		end = "With your figures the energy is " + megawattHours(e) + ", " + times(e, published) + " the published 1,287 MWh."
	}
	body = append(body,
		app.P().Class("end").Attr("data-test", "lesson-end").Text(end),
		app.Section().Class("card").Body(
			app.H2().Text("Now bend it"),
			app.Ul().Body(
				app.Li().Text("Double the useful share of peak. What happens to the energy, and why not to the work?"),
				app.Li().Text("Take ten times the GPUs. The days fall; does the energy?"),
				app.Li().Text("Which one of these numbers would you least like to guess?"),
			),
			app.Div().Class("acts").Body(
				button("", "", "Back to the published figures").OnClick(c.H.safe("back", c.onBack)),
				button("", "lesson-open", "Open it in the calculator").OnClick(c.H.safe("open", c.onOpen)),
			)),
		app.P().Class("sub").Body(app.Text("The inputs are those of "), paper, app.Text(". GPT-3’s own makers published the work (3.14 × 10²³ operations), not the energy: the power and the building’s overhead are estimates.")),
		c.trade(),
	)
	return app.Div().Class("lesson").Body(body...)
}

// trade leads to the stories of training against serving.
func (c *lessonPage) trade() app.UI {
	return app.Section().Class("card").Aria("label", "Train or serve").Body(
		app.H2().Text("When does serving overtake training?"),
		app.P().Text("Training is paid once, serving every day. Five models in use, each a case to open and change:"),
		&storyList{H: c.H})
}

// formulas is a step with its figures; where the work of one token comes
// first, that line too, since the six is in it.
func formulas(b *derivation.Book, s derivation.Step) (lines []app.UI) {
	add := func(s derivation.Step) {
		formula, figures := s.MathML()
		lines = append(lines, app.Div().Body(mathML(formula)))
		if figures.String() != formula.String() {
			lines = append(lines, app.Div().Body(mathML(figures)))
		}
	}
	if s.Name == core.Quantities[core.FLOPs].Name && len(s.Inputs) > 0 {
		if first, ok := b.Find(s.Inputs[0].Name); ok {
			add(first)
		}
	}
	add(s)
	return lines
}

func megawattHours(j float64) string { return count(j/3.6e9) + " MWh" }

// set is one number of the lesson that the reader may bend.
func (c *lessonPage) set(n scenario.Num, a *core.Answered) app.UI {
	f := &scenario.Nums[n]
	id := "lesson-" + f.Key
	box := c.s.Num[n].Text
	d := c.drafts[n]
	if d.On {
		box = d.Text
	}
	in := app.Input().Type("text").ID(id).Attr("data-field", "lesson-"+f.Key).Attr("data-num", itoa(int(n))).AutoComplete(false).
		Value(box).OnInput(c.H.safe("input", c.onInput))
	body := []app.UI{app.Label().For(id).Text(f.Name), in}
	if d.Problem != "" {
		in = in.Aria("invalid", "true").Aria("describedby", id+"-bad")
		body[1] = in
		body = append(body, app.P().Class("bad").ID(id+"-bad").Text(d.Problem))
	}
	return app.Div().Class("f").Body(body...)
}

func (c *lessonPage) num(ctx app.Context) (scenario.Num, bool) {
	v := data(ctx, "num")
	for n := scenario.Num(0); n < scenario.NumCount; n++ {
		if itoa(int(n)) == v {
			return n, true
		}
	}
	return 0, false
}

func (c *lessonPage) onInput(ctx app.Context, e app.Event) {
	n, ok := c.num(ctx)
	if !ok {
		return
	}
	d := state.Draft{On: true, Text: ctx.JSSrc().Get("value").String()}
	if p := c.s.SetNum(n, d.Text); p != nil {
		d.Problem = p.Error()
	}
	c.drafts[n] = d
}

func (c *lessonPage) onGuess(ctx app.Context, e app.Event) {
	c.H.send(state.Guess{Text: ctx.JSSrc().Get("value").String()})
}

func (c *lessonPage) onKey(ctx app.Context, e app.Event) {
	if e.Get("key").String() == "Enter" {
		e.PreventDefault()
		c.H.send(state.HandIn{})
	}
}

func (c *lessonPage) onHand(app.Context, app.Event) { c.H.send(state.HandIn{}) }

func (c *lessonPage) onSkip(app.Context, app.Event) { c.H.send(state.SkipGuess{}) }

func (c *lessonPage) onBack(app.Context, app.Event) {
	c.s = state.GPT3()
	c.drafts = [scenario.NumCount]state.Draft{}
}

func (c *lessonPage) onOpen(app.Context, app.Event) {
	c.H.send(state.Take{Case: c.s})
}

// verdict tells how far a guess was off, in words.
func verdict(j float64) string {
	said := "You said " + unit.Short(unit.Energy, j) + ". "
	switch r := j / published; {
	case r > 1/1.25 && r < 1.25:
		return said + "Close: it was 1,287 MWh, what about 120 households use in a year."
	case r < 1:
		return said + "It was 1,287 MWh, " + times(published, j) + " as much: what about 120 households use in a year."
	default:
		return said + "It was 1,287 MWh, what about 120 households use in a year; your guess was " + times(j, published) + " that."
	}
}

// times writes a ratio: "2.4 times", "12,000 times".
func times(a, b float64) string {
	if b <= 0 {
		return "many times"
	}
	return unit.Short(unit.None, a/b) + " times"
}
