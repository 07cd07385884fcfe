package state

import (
	"math"
	"strconv"
	"strings"

	"flopbook/core"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// Update is the page after a message. It changes nothing that m refers to.
func Update(m Model, msg Msg) Model {
	switch msg := msg.(type) {
	case Type:
		m.typed(msg.Num, msg.Text)
	case Settle:
		m.burst = -1
	case Leave:
		m.burst = -1
		if m.Draft[msg.Num].Problem == "" {
			m.Draft[msg.Num] = Draft{}
		}
	case Slide:
		m.slide(msg)
	case Nudge:
		m.put(msg.Num, Next(msg.Num, msg.From, msg.Up), int(msg.Num))
	case Drag:
		m.put(msg.Num, dragged(msg.Num, msg.From, msg.Pixels), int(msg.Num))
	case Choose:
		m.choose(msg.Choice, msg.Key)
	case Name:
		next := m.Case
		next.Own = scenario.OwnName(firstRunes(msg.Text, 60))
		m.change(next, int(scenario.NumCount))
	case ResetNum:
		next := m.Case
		next.Reset(msg.Num)
		m.Draft[msg.Num] = Draft{}
		m.change(next, -1)
		m.focus(msg.Focus)
	case ResetAll:
		m.dropDrafts()
		m.change(scenario.Scenario{Choice: askOnly(&m.Case)}, -1)
	case Undo:
		m.undo()
	case Redo:
		m.redo()
	case Go:
		m.turnTo(msg.Page)
	case Take:
		m.dropDrafts()
		m.change(msg.Case, -1)
		m.turnTo(Calculator)
		if msg.Focus != "" {
			m.focus(msg.Focus)
		}
	case ToFigures:
		m.focus("part-" + Parts[m.Part].Key)
	case LookAt:
		if msg.Part >= 0 && msg.Part < len(Parts) && msg.Part != m.Part {
			m.Part = msg.Part
			m.Turn++
		}
	case LookBy:
		for _, c := range Crossings {
			if c.Key == msg.Key && c.Key != m.Crossing() {
				m.Show = c.Key
				m.Turn++
			}
		}
	case RankBy:
		if _, known := core.SearchGoal(msg.Key); known && msg.Key != m.RankedBy() {
			m.By = msg.Key
			m.Turn++
		}
	case PullLever:
		m.dropDrafts()
		m.change(msg.Case, -1)
		m.focus("levers")
	case TrySize:
		if m.Try = msg.Params; !(m.Try > 0) || math.IsInf(m.Try, 0) {
			m.Try = 0
		}
	case TakeSize:
		m.takeSize(msg)
	case TakeLayout:
		m.takeLayout(msg.Layout)
	case Measure:
		next := m.Case
		m.Unread = sentences(next.SetMeasured(msg.Text))
		m.change(next, -1)
	case Keep:
		m.Kept, m.Keeps = m.Case, true
		m.Turn++
	case Swap:
		if m.Keeps {
			old := m.Case
			m.dropDrafts()
			m.change(m.Kept, -1)
			m.Kept = old
			m.Turn++
		}
	case Forget:
		m.Kept, m.Keeps = scenario.Scenario{}, false
		m.Turn++
	case OpenNumber:
		m.open(msg)
	case CloseTo:
		if n := max(msg.N, 0); n < len(m.Open) {
			closed := m.Open[n]
			m.Open = m.Open[:n:n]
			if n > 0 {
				m.focus("work")
			} else {
				m.focus("open-" + closed)
			}
		}
	case Show:
		was := m.Dialog
		m.Dialog = msg.Dialog
		switch {
		case was == ShareDialog && msg.Dialog == NoDialog:
			m.focus("share")
		case was == LoadDialog && msg.Dialog == NoDialog:
			m.focus("load")
		}
	case Load:
		m.load(msg.Text)
	case Follow:
		m.follow(msg.Fragment)
	case Dismiss:
		m.Notes = nil
	case SortBy:
		if msg.Column == m.Sort {
			m.Down = !m.Down
		} else {
			m.Sort, m.Down = msg.Column, msg.Column.numeric()
		}
	case FilterBy:
		m.Filter = firstRunes(msg.Text, 60)
	case Guess:
		m.Lesson.Guess = msg.Text
		m.Lesson.Problem = ""
	case SkipGuess:
		m.Lesson = Lesson{Given: true}
	case HandIn:
		m.handIn()
	}
	return m
}

// typed reads a text box. An empty one means what is assumed; one that cannot
// be used keeps the last good value and says what is wrong.
func (m *Model) typed(n scenario.Num, text string) {
	d := Draft{On: true, Text: text}
	next := m.Case
	if strings.TrimSpace(text) == "" {
		next.Reset(n)
	} else if p := next.SetNum(n, text); p != nil {
		d.Problem = p.Error()
		m.Draft[n] = d
		return
	}
	m.Draft[n] = d
	ownSize(&next, n)
	m.change(next, int(n))
}

// ownSize leaves the system that the case started from when its size is set.
func ownSize(s *scenario.Scenario, n scenario.Num) {
	if n == scenario.Params && s.Num[n].Set {
		_ = s.SetChoice(scenario.Model, "size")
	}
}

func (m *Model) slide(s Slide) {
	v := at(s.Num, s.Pos)
	if here := Position(s.Num, s.From); v == s.From && s.Pos != here {
		// Rounding took the step away, as between 1 GPU and 2: take a whole one.
		v = Next(s.Num, s.From, s.Pos > here)
	}
	m.put(s.Num, v, int(s.Num))
}

// put gives a field an exact value, clearing what was being typed there.
func (m *Model) put(n scenario.Num, v float64, burst int) {
	next := m.Case
	if p := next.SetValue(n, v); p != nil {
		return // the page only offers values within the limits
	}
	m.Draft[n] = Draft{}
	ownSize(&next, n)
	m.change(next, burst)
}

func (m *Model) choose(c scenario.Choice, key string) {
	next := m.Case
	if p := next.SetChoice(c, key); p != nil {
		m.Notes = []string{p.Error()}
		return
	}
	switch c {
	case scenario.Ask:
		m.turnRound(&next)
	case scenario.Model:
		// Another model: the shape laid over the last one says nothing about it.
		keep := next.Chosen(scenario.Model) == "shape"
		for n := range next.Num {
			if f := &scenario.Nums[n]; f.Group == scenario.GroupShape && !keep {
				next.Reset(scenario.Num(n))
				m.Draft[n] = Draft{}
			}
		}
		m.Draft[scenario.Params] = Draft{}
		next.Reset(scenario.Params)
		if key == "size" { // said outright, so that a link holds it
			_ = next.SetNum(scenario.Params, "7B")
			m.focus("say-params")
		}
	}
	m.change(next, -1)
}

// turnRound carries the figures of the old question over to the new one, so
// that asking from another side starts from the run in view.
func (m *Model) turnRound(next *scenario.Scenario) {
	old := core.Answer(&m.Case)
	keep := func(n scenario.Num, k core.Key) {
		if !next.Num[n].Set && old.Out.Known[k] {
			v := old.Out.V[k].V
			round := tidy(n, v)
			// Upwards: the run in view must still meet the new terms.
			for up := 1.01; round < v && up < 1.2; up += 0.01 {
				round = tidy(n, v*up)
			}
			_ = next.SetValue(n, round)
		}
	}
	switch next.Chosen(scenario.Ask) {
	case "gpus":
		keep(scenario.Days, core.Days)
	case "days", "usd":
		if old.In.Ask == "gpus" {
			keep(scenario.GPUs, core.GPUs)
		}
	case "tokens", "params":
		if next.Chosen(scenario.Ask) == "params" {
			keep(scenario.GPUs, core.GPUs)
		}
		if !next.Num[scenario.Budget].Set {
			keep(scenario.Days, core.Days)
		}
	}
}

func askOnly(s *scenario.Scenario) (c [scenario.ChoiceCount]string) {
	c[scenario.Ask] = s.Choice[scenario.Ask]
	return c
}

func (m *Model) undo() {
	if len(m.past) == 0 {
		return
	}
	last := m.past[len(m.past)-1]
	m.past = m.past[: len(m.past)-1 : len(m.past)-1]
	m.future = append(m.future[:len(m.future):len(m.future)], m.Case)
	m.Case = last
	m.burst = -1
	m.dropDrafts()
}

func (m *Model) redo() {
	if len(m.future) == 0 {
		return
	}
	next := m.future[len(m.future)-1]
	m.future = m.future[: len(m.future)-1 : len(m.future)-1]
	m.past = append(m.past[:len(m.past):len(m.past)], m.Case)
	m.Case = next
	m.burst = -1
	m.dropDrafts()
}

func (m *Model) turnTo(p Page) {
	if p >= PageCount {
		return
	}
	m.Dialog = NoDialog
	if p != m.Page || m.Embed {
		m.Open = nil
	}
	m.Page, m.Embed = p, false
	m.Turn++
	m.focus("page")
}

// maxTrail bounds how deep numbers are opened into one another.
const maxTrail = 12

func (m *Model) open(o OpenNumber) {
	if !identifier(o.Name) {
		return
	}
	if !o.Deeper || len(m.Open) == 0 {
		if len(m.Open) == 1 && m.Open[0] == o.Name { // the same again closes it
			m.Open = nil
			return
		}
		m.Open = []string{o.Name}
	} else {
		for i, name := range m.Open {
			if name == o.Name { // back along the trail
				m.Open = m.Open[: i+1 : i+1]
				m.focus("work")
				return
			}
		}
		if len(m.Open) >= maxTrail {
			return
		}
		m.Open = append(m.Open[:len(m.Open):len(m.Open)], o.Name)
	}
	m.focus("work")
}

func (m *Model) load(text []byte) {
	s, problems, ok := scenario.ParseJSON(text)
	m.Notes = sentences(problems)
	if !ok {
		return
	}
	m.dropDrafts()
	m.change(s, -1)
	m.Case.Release = s.Release
	m.turnTo(Calculator)
}

func (m *Model) handIn() {
	f := unit.Field{Name: "Your guess", Key: "guess", Kind: unit.Energy, Min: 1, Max: 1e24, Example: "500 MWh"}
	text := m.Lesson.Guess
	if strings.TrimSpace(text) == "" {
		m.Lesson.Problem = "Write any number that seems right to you, such as 500 MWh; or skip the guess."
		m.focus("guess")
		return
	}
	r, p := f.Parse(text)
	if p != nil {
		m.Lesson.Problem = p.Error()
		m.focus("guess")
		return
	}
	m.Lesson.Joules, m.Lesson.Problem, m.Lesson.Given = r.V, "", true
	m.focus("told")
}

// takeSize gives size, tokens and GPUs as one step to undo. The system that the
// case started from is left, and with it the shape of the old size.
func (m *Model) takeSize(t TakeSize) {
	next := m.Case
	for n := range next.Num {
		if scenario.Nums[n].Group == scenario.GroupShape {
			next.Reset(scenario.Num(n))
		}
	}
	ok := true
	set := func(n scenario.Num, v float64) {
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
		ok = ok && next.SetValue(n, v) == nil
	}
	set(scenario.Params, t.Params)
	set(scenario.Tokens, t.Tokens)
	if t.GPUs > 0 {
		ok = ok && next.SetValue(scenario.GPUs, t.GPUs) == nil
	}
	if !ok {
		m.Notes = []string{"That size is beyond what the fields allow; the case stays as it was."}
		return
	}
	m.dropDrafts()
	m.Try = 0
	m.change(next, -1)
	m.focus("try-size")
}

// takeLayout gives every field of a layout, as one step to undo.
func (m *Model) takeLayout(l model.Layout) {
	next := m.Case
	for n, v := range map[scenario.Num]int{scenario.TP: l.TP, scenario.PP: l.PP, scenario.VPP: l.VPP, scenario.CP: l.CP, scenario.EP: l.EP,
		scenario.Zero: l.ZeRO, scenario.Micro: l.Micro} {
		if n != scenario.Zero {
			v = max(v, 1)
		}
		_ = next.SetValue(n, float64(v))
		m.Draft[n] = Draft{}
	}
	_ = next.SetChoice(scenario.Recompute, l.Recompute.String())
	m.change(next, -1)
}

func sentences(problems []*unit.Problem) []string {
	var out []string
	for _, p := range problems {
		if len(out) == 8 { // a broken file can have hundreds
			out = append(out, "There is more of this kind.")
			break
		}
		out = append(out, p.Error())
	}
	return out
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
