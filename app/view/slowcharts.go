package view

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/chart"
	"flopbook/app/state"
	"flopbook/core"
)

// slow are the charts that answer the case many times over. While a slider
// moves they stay as they were; a moment after it rests they follow.
var slow = map[string]bool{"levers": true, "ways": true, "fleet": true, "payback": true, "decline": true, "routing": true, "thinking": true, "texts": true}

// restful is how long after the last change the hand counts as resting.
const restful = 250 * time.Millisecond

// slowCharts keeps the slow charts between changes.
type slowCharts struct {
	kept    map[string]keptChart
	moving  bool // the hand is on a field
	waiting bool // for it to rest
	seen    int  // rev when last looked
	rested  int  // grows each time that it does

	levers    []core.Lever
	leversRev int

	sizes    []core.SizePoint
	cheapest core.SizePoint
	sizesRev int
}

type keptChart struct {
	chart chart.Chart
	rev   int
}

// touched notes a change that others are likely to follow at once.
func (s *slowCharts) touched(msg state.Msg) {
	switch msg.(type) {
	case state.Slide, state.Drag, state.Nudge, state.Type:
		s.moving = !app.IsServer
	}
}

// chart is a chart of the present answer, a slow one at most as old as the
// hand's last rest.
func (h *hub) chart(key string) chart.Chart {
	if !slow[key] {
		return chartFor(h, key)
	}
	s := &h.slow
	k, known := s.kept[key]
	if !known || k.rev != h.rev && !s.moving {
		k = keptChart{chartFor(h, key), h.rev}
		if s.kept == nil {
			s.kept = map[string]keptChart{}
		}
		s.kept[key] = k
	}
	return k.chart
}

// levers are the case with one change at a time, as old as the slow charts are.
func (h *hub) levers() []core.Lever {
	s := &h.slow
	if s.levers == nil || s.leversRev != h.rev && !s.moving {
		s.levers, s.leversRev = core.Levers(&h.answer.Case), h.rev
	}
	return s.levers
}

// awaitRest looks again in a moment whether the hand still moves.
func (h *hub) awaitRest(ctx app.Context) {
	if s := &h.slow; s.moving && !s.waiting {
		s.waiting, s.seen = true, h.rev
		later(ctx, restful, h.rest)
	}
}

func (h *hub) rest(ctx app.Context) {
	s := &h.slow
	s.waiting = false
	if s.seen != h.rev {
		h.awaitRest(ctx)
		return
	}
	s.moving = false
	s.rested++
}
