package state

import (
	"flopbook/core/model"
	"flopbook/core/scenario"
)

// Msg is what a reader did.
type Msg interface{ msg() }

type (
	// Type is a changed text box.
	Type struct {
		Num  scenario.Num
		Text string
	}
	// Settle ends a burst of small changes: the hand has left the field.
	Settle struct{}
	// Leave is a text box losing the focus.
	Leave struct{ Num scenario.Num }
	// Slide moves a slider, whose value in force is From, to a position of 0 to SlideMax.
	Slide struct {
		Num  scenario.Num
		Pos  int
		From float64
	}
	// Nudge takes the next round value above or below From.
	Nudge struct {
		Num  scenario.Num
		Up   bool
		From float64
	}
	// Drag is a value pulled sideways in the sentence, by a number of pixels
	// from where it was From.
	Drag struct {
		Num    scenario.Num
		From   float64
		Pixels float64
	}
	// Choose takes an option.
	Choose struct {
		Choice scenario.Choice
		Key    string
	}
	// Name calls the reader's own accelerator something.
	Name struct{ Text string }
	// ResetNum takes a number back to what is assumed.
	ResetNum struct {
		Num   scenario.Num
		Focus string // its box
	}
	// ResetAll takes everything back.
	ResetAll struct{}
	// Undo takes the last step back, Redo takes it again.
	Undo struct{}
	// Redo is Undo's opposite.
	Redo struct{}
	// Go turns to a page.
	Go struct{ Page Page }
	// Take opens a prepared case in the calculator, with the focus on a field.
	Take struct {
		Case  scenario.Scenario
		Focus string
	}
	// LookAt turns to a part of the figures.
	LookAt struct{ Part int }
	// ToFigures goes down to the figures, past the inputs.
	ToFigures struct{}
	// LookBy chooses what is added up in the trade, one of Crossings.
	LookBy struct{ Key string }
	// RankBy chooses what layouts are ranked by, one of core.SearchGoals.
	RankBy struct{ Key string }
	// PullLever takes a case that differs from the present one by one change, and
	// stays where the reader is.
	PullLever struct{ Case scenario.Scenario }
	// TrySize sets the size on the map of sizes by hand; 0 lets it go.
	TrySize struct{ Params float64 }
	// TakeSize makes the case one of a dense model of this size and these tokens,
	// on so many GPUs; 0 leaves them to be worked out.
	TakeSize struct{ Params, Tokens, GPUs float64 }
	// TakeLayout fixes how the GPUs share the run.
	TakeLayout struct{ Layout model.Layout }
	// Measure gives steps timed on the reader's own cluster; none takes them away.
	Measure struct{ Text string }
	// Keep keeps the case as it stands, to compare others with it.
	Keep struct{}
	// Swap changes places: the kept case becomes the one to set.
	Swap struct{}
	// Forget drops the kept case.
	Forget struct{}
	// OpenNumber shows how a number was got; Deeper opens one of its inputs.
	OpenNumber struct {
		Name   string
		Deeper bool
	}
	// CloseTo closes opened numbers until n are left.
	CloseTo struct{ N int }
	// Show opens or closes a panel.
	Show struct{ Dialog Dialog }
	// Load reads a scenario file or a config.json.
	Load struct{ Text []byte }
	// Follow reads a link's fragment, at start or when the reader goes back.
	Follow struct{ Fragment string }
	// Dismiss closes the notes about a link or a file.
	Dismiss struct{}
	// SortBy sorts the systems; by the same column again turns the order.
	SortBy struct{ Column SystemColumn }
	// FilterBy keeps the systems that contain the words.
	FilterBy struct{ Text string }
	// Guess is the lesson's guess, as it is written; HandIn closes it.
	Guess struct{ Text string }
	// SkipGuess shows the lesson's answer without one.
	SkipGuess struct{}
	// HandIn shows the lesson's answer.
	HandIn struct{}
)

func (Type) msg()       {}
func (Settle) msg()     {}
func (Leave) msg()      {}
func (Slide) msg()      {}
func (Nudge) msg()      {}
func (Drag) msg()       {}
func (Choose) msg()     {}
func (Name) msg()       {}
func (ResetNum) msg()   {}
func (ResetAll) msg()   {}
func (Undo) msg()       {}
func (Redo) msg()       {}
func (Go) msg()         {}
func (Take) msg()       {}
func (LookAt) msg()     {}
func (ToFigures) msg()  {}
func (LookBy) msg()     {}
func (RankBy) msg()     {}
func (PullLever) msg()  {}
func (TrySize) msg()    {}
func (TakeSize) msg()   {}
func (TakeLayout) msg() {}
func (Measure) msg()    {}
func (Keep) msg()       {}
func (Swap) msg()       {}
func (Forget) msg()     {}
func (OpenNumber) msg() {}
func (CloseTo) msg()    {}
func (Show) msg()       {}
func (Load) msg()       {}
func (Follow) msg()     {}
func (Dismiss) msg()    {}
func (SortBy) msg()     {}
func (FilterBy) msg()   {}
func (Guess) msg()      {}
func (SkipGuess) msg()  {}
func (HandIn) msg()     {}
