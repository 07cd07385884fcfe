package state

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// Fragment is the address of the page as it stands, without "#": the case, the
// headline numbers that it showed, the page and the opened number. It is empty
// for the start page with nothing asked.
func (m *Model) Fragment(shown string) string {
	if m.Page == Start && !m.Embed && !m.Changed() {
		return ""
	}
	f := m.Case.Fragment(shown)
	switch {
	case m.Embed:
		f += ";embed=1"
		if m.Show != "" {
			f += ";show=" + m.Show
		}
	case m.Page != Calculator:
		f += ";page=" + Pages[m.Page].Key
	}
	if m.Keeps && m.Page == Calculator && !m.Embed {
		f += ";vs=" + url.QueryEscape(m.Kept.Fragment(""))
	}
	if m.Part > 0 && m.Page == Calculator && !m.Embed {
		f += ";part=" + Parts[m.Part].Key
	}
	if m.Page == Calculator && !m.Embed && Parts[m.Part].Key == TradePart && m.Crossing() != Crossings[0].Key {
		f += ";show=" + m.Crossing()
	}
	if m.Page == Calculator && !m.Embed && Parts[m.Part].Key == LayoutPart && m.RankedBy() != core.SearchGoals[0].Key {
		f += ";by=" + m.By
	}
	if len(m.Open) > 0 && (m.Page == Calculator || m.Embed) {
		f += ";open=" + m.Open[len(m.Open)-1]
	}
	return f
}

// EmbedFragment is the address of the case as an embedded figure that shows a
// chart, one of Charts.
func (m *Model) EmbedFragment(shown, chart string) string {
	return m.Case.Fragment(shown) + ";embed=1;show=" + chart
}

// follow reads a link. What the reader did before stays in the undo steps.
func (m *Model) follow(fragment string) {
	s, view, problems := scenario.ParseFragment(fragment)
	m.Notes = sentences(problems)
	same := s
	same.Shown, same.Release = m.Case.Shown, m.Case.Release
	if same != m.Case {
		m.dropDrafts()
		m.change(s, -1)
		if !m.begun {
			m.past = nil
		}
	}
	m.Case.Shown, m.Case.Release = s.Shown, s.Release
	m.refused(problems)
	m.begun = true
	m.burst = -1
	m.Embed = view["embed"] == "1"
	m.Show, m.Try, m.By = "", 0, ""
	if _, known := core.SearchGoal(view["by"]); known {
		m.By = view["by"]
	}
	m.Part = PartByKey(view["part"])
	if key := view["part"]; key != "" && Parts[m.Part].Key != key {
		var keys []string
		for i := range Parts {
			keys = append(keys, Parts[i].Key)
		}
		m.Notes = append(m.Notes, (&unit.Problem{Field: "Link", Value: key, Wrong: "is no part of the calculator", Allowed: strings.Join(keys, ", "), Fix: "the first is shown"}).Error())
	}
	m.Kept, m.Keeps = scenario.Scenario{}, false
	if kept := view["vs"]; kept != "" {
		var bad []*unit.Problem
		m.Kept, _, bad = scenario.ParseFragment(kept)
		m.Kept.Release, m.Kept.Shown = "", ""
		m.Keeps = true
		m.Notes = append(m.Notes, sentences(bad)...)
	}
	k := view["show"]
	if now, renamed := renamedCharts[k]; renamed {
		k = now
	}
	if slices.Contains(Charts, k) {
		m.Show = k
	}
	page, known := pageByKey(view["page"])
	if key := view["page"]; key != "" && !known {
		var keys []string
		for i := range Pages {
			keys = append(keys, Pages[i].Key)
		}
		m.Notes = append(m.Notes, (&unit.Problem{Field: "Link", Value: key, Wrong: "is no page of Flopbook", Allowed: strings.Join(keys, ", "), Fix: "the calculator is shown"}).Error())
	}
	switch {
	case known:
	case fragment == "" || fragment == "#":
		page = Start
	default: // a case without a page is meant for the calculator
		page = Calculator
	}
	m.Page = page
	m.Open = nil
	if name := view["open"]; name != "" {
		if identifier(name) {
			m.Open = []string{name}
		}
	}
	// Who links to a part means it, not what stands before it.
	if m.Page == Calculator && !m.Embed && m.Part > 0 && m.Open == nil {
		m.focus("part-" + Parts[m.Part].Key)
	}
}

// refused keeps in its field what a link gave that cannot be used, beside what is
// wrong with it.
func (m *Model) refused(problems []*unit.Problem) {
	for _, p := range problems {
		for n := range scenario.Nums {
			if scenario.Nums[n].Name == p.Field && p.Value != "" {
				m.Draft[n] = Draft{On: true, Text: p.Value, Problem: p.Error()}
			}
		}
	}
}

// renamedCharts are charts that older links show by another key.
var renamedCharts = map[string]string{"money": "stages-cost"}

func identifier(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// headline are the numbers that a link carries.
var headline = [...]core.Key{core.Days, core.GPUs, core.Cost, core.Energy}

// Shown is the headline numbers as a link carries them, in the units of the
// JSON report: "days:2.58,gpus:8,cost:1240".
func Shown(out *core.Report) string {
	var parts []string
	for _, k := range headline {
		if out.Known[k] {
			q := &core.Quantities[k]
			parts = append(parts, q.Name+":"+strconv.FormatFloat(carried(k, out), 'f', -1, 64))
		}
	}
	return strings.Join(parts, ",")
}

// carried is a headline number as a link carries it: four digits.
func carried(k core.Key, out *core.Report) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(out.V[k].V/core.Quantities[k].Kind.JSONScale(), 'g', 4, 64), 64)
	return v
}

// Since says what a link showed and what this page says: one or two sentences,
// empty if the link is of this release and shows the same.
func (m *Model) Since(out *core.Report) string {
	if m.Case.Release == "" && m.Case.Shown == "" {
		return ""
	}
	var then, now []string
	for _, part := range strings.Split(m.Case.Shown, ",") {
		name, text, _ := strings.Cut(part, ":")
		k, known := core.KeyByName(name)
		v, err := strconv.ParseFloat(text, 64)
		if !known || err != nil || !out.Known[k] || !slices.Contains(headline[:], k) {
			continue
		}
		kind, c := core.Quantities[k].Kind, carried(k, out)
		if math.Abs(v-c) <= carriedRounding*math.Abs(c) {
			continue
		}
		if a, b := say(k, v*kind.JSONScale()), say(k, c*kind.JSONScale()); a != b {
			then, now = append(then, a), append(now, b)
		}
	}
	changed := "Then " + strings.Join(then, ", ") + "; now " + strings.Join(now, ", ") + "."
	if other := m.Case.Release; other != "" && other != scenario.Release {
		made := "This link was made with release " + other + " of Flopbook's data and method; this is release " + scenario.Release + ". "
		switch {
		case len(then) > 0:
			return made + changed
		case m.Case.Shown != "":
			return made + "Its headline numbers are still the same."
		}
		return made + "It does not say which numbers it showed."
	}
	if len(then) == 0 {
		return ""
	}
	return "This link showed other numbers than this page works out for the same case. " + changed
}

// carriedRounding is the most that one unit in the last of the four digits that
// a link carries can be of the number.
const carriedRounding = 1e-3

func say(k core.Key, v float64) string {
	s := unit.Words(core.Quantities[k].Kind, v)
	if k == core.GPUs {
		s += " GPUs"
	}
	return s
}
