package view

import (
	"sync"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
)

// A told story is a named example with the day on which its serving has cost
// more than its training.
type told struct {
	scenario.Story
	crossing string
}

// stories are worked out once, when somebody looks.
var stories = sync.OnceValue(func() (out []told) {
	for _, s := range scenario.Stories() {
		a := core.Answer(&s.Case)
		out = append(out, told{s, crossingOf(&a.Out, core.CrossingDays)})
	}
	return out
})

// crossingOf is the day of a crossing with its range, as every door prints it:
// "21.9 days (6.58 to 65.5)"; empty where there is none.
func crossingOf(out *core.Report, k core.Key) string {
	if !out.Known[k] {
		return ""
	}
	v, span := text(out, k)
	if span != "" {
		v += " (" + span + ")"
	}
	return v
}

// tradeLink is the address of a case in the part that holds training against
// serving.
func tradeLink(s *scenario.Scenario) string { return "#" + s.Fragment("") + ";part=" + state.TradePart }

// storyList leads to the named examples, each with its crossing.
type storyList struct {
	app.Compo
	H *hub
}

func (c *storyList) Render() (ui app.UI) {
	defer c.H.mend(&ui)
	var items []app.UI
	for _, s := range stories() {
		line := []app.UI{
			app.A().Href(tradeLink(&s.Case)).Attr("data-story", s.Key).OnClick(c.H.safe("story/"+s.Key, c.onStory)).Text(s.Name),
			app.Text(". " + s.Says),
		}
		if s.crossing != "" {
			line = append(line, app.Text(" Serving has cost more than training after "), app.B().Text(s.crossing), app.Text("."))
		}
		items = append(items, app.Li().Body(line...))
	}
	return app.Ul().Class("stories").Attr("data-test", "stories").Body(items...)
}

func (c *storyList) onStory(ctx app.Context, e app.Event) {
	if !taken(e) {
		return
	}
	if s := scenario.FindStory(data(ctx, "story")); s != nil {
		c.H.send(state.Take{Case: s.Case})
		c.H.send(state.LookAt{Part: state.PartByKey(state.TradePart)})
	}
}
