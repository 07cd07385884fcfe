// Package state is what the page knows and how it changes: a Model, the
// messages that a reader's hand sends, and Update, which is pure. It knows
// neither the DOM nor go-app, so all of it is tested natively.
package state

import (
	"flopbook/core/scenario"
)

// Page is one of the book's pages.
type Page uint8

// Pages, in the order of the navigation.
const (
	Start Page = iota
	Calculator
	Learn
	Systems
	Accuracy
	Sources
	PageCount
)

// Pages describes each page: its key in links, its name in the navigation.
var Pages = [PageCount]struct{ Key, Name, Title string }{
	Start:      {"start", "Start", "Flopbook: what a language model takes to train and to serve"},
	Calculator: {"calculator", "Calculator", "Calculator · Flopbook"},
	Learn:      {"learn", "Learn", "Why GPT-3 took 1,287 MWh · Flopbook"},
	Systems:    {"systems", "Models", "Models · Flopbook"},
	Accuracy:   {"accuracy", "Accuracy", "Accuracy · Flopbook"},
	Sources:    {"sources", "Sources", "Sources · Flopbook"},
}

func pageByKey(key string) (Page, bool) {
	for p := range Pages {
		if Pages[p].Key == key {
			return Page(p), true
		}
	}
	return Start, false
}

// Draft is what a field's text box holds while it is being written in, or as
// long as it cannot be used. The case keeps the last good value.
type Draft struct {
	On      bool
	Text    string
	Problem string // one sentence, empty when the text is good
}

// Dialog is a panel over the page.
type Dialog uint8

// Panels.
const (
	NoDialog Dialog = iota
	ShareDialog
	LoadDialog
)

// Lesson is how far the reader has come in the lesson.
type Lesson struct {
	Guess   string  // as written
	Joules  float64 // the guess understood; 0 if none yet
	Problem string
	Given   bool // the guess was handed in
}

// Model is all that the page knows. It is a value: Update returns a new one.
type Model struct {
	Page   Page
	Embed  bool
	Show   string            // chart of an embedded figure, or the one chosen in the trade
	Try    float64           // parameters set by hand in the map of sizes; 0 for the optimum
	By     string            // what layouts are ranked by, one of core.SearchGoals; "" for the first
	Part   int               // of the calculator that is looked at, index into Parts
	Unread []string          // what of the measured steps could not be read
	Kept   scenario.Scenario // to compare the case with
	Keeps  bool              // there is one
	Case   scenario.Scenario
	Draft  [scenario.NumCount]Draft
	Open   []string // opened numbers by name, each opened from the one before
	Notes  []string // what was wrong with a link or a file, a sentence each
	Dialog Dialog
	Lesson Lesson
	Sort   SystemColumn
	Down   bool   // sorted downwards
	Filter string // words that a listed system must contain

	// Focus names the element that should have the focus after the next
	// drawing; FocusTurn grows with each wish, so that the same can be wished twice.
	Focus     string
	FocusTurn int

	// Turn grows with each deliberate step (a page, a preset, a loaded file),
	// which the browser's back button should undo.
	Turn int

	begun        bool // a link has been read: the first one is where the reader starts
	past, future []scenario.Scenario
	burst        int // the field whose small changes make one undo step; -1 for none
}

// New is the page before anything was asked.
func New() Model { return Model{burst: -1, Sort: BySize, Down: true} }

// maxPast bounds the undo steps kept; each is about three kilobytes.
const maxPast = 200

// CanUndo reports whether there is a step to take back.
func (m *Model) CanUndo() bool { return len(m.past) > 0 }

// CanRedo reports whether a step was taken back.
func (m *Model) CanRedo() bool { return len(m.future) > 0 }

// change makes next the case in force and the old one an undo step. Changes of
// one burst, such as a slider's way, are one step.
func (m *Model) change(next scenario.Scenario, burst int) {
	if next == m.Case {
		return
	}
	if burst < 0 || burst != m.burst {
		past := m.past[max(0, len(m.past)-maxPast+1):]
		m.past = append(past[:len(past):len(past)], m.Case)
	}
	m.future = nil
	m.burst = burst
	next.Shown, next.Release = "", "" // a changed case is no longer the one that the link showed
	m.Case = next
}

func (m *Model) dropDrafts() { m.Draft = [scenario.NumCount]Draft{} }

func (m *Model) focus(name string) {
	m.Focus = name
	m.FocusTurn++
}

// Changed reports whether anything differs from the default case.
func (m *Model) Changed() bool {
	var none scenario.Scenario
	c := m.Case
	c.Shown, c.Release = "", ""
	return c != none
}
