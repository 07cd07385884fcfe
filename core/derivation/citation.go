package derivation

import (
	"strings"

	"flopbook/core/unit"
)

// String names an origin in a word for the reader.
func (o Origin) String() string {
	switch o {
	case Given:
		return "given"
	case Assumed:
		return "assumed"
	case Constant:
		return "published"
	case Solved:
		return "solved for"
	}
	return "computed"
}

// Shown is the value as people say it, and its 80 % range if it has one:
// "36 days (31 to 43)".
func (v Var) Shown() string {
	r := unit.Range{V: v.Value, Lo: v.Lo, Hi: v.Hi}
	if v.Lo == 0 && v.Hi == 0 {
		r = unit.Exact(v.Value)
	}
	value, span := unit.Text(v.Kind, r)
	if span != "" {
		value += " (" + span + ")"
	}
	return value
}

// Citation is the step as a block of plain text to copy: value, formula,
// figures, inputs with where each comes from, and what is left out. Sources
// stand as their keys in square brackets.
func (s Step) Citation() string {
	var b strings.Builder
	line := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	line(title(s.Var), ": ", s.Shown())
	_, _, _, _, formula, figures := s.work().lines()
	line("  ", formula)
	if figures != formula {
		line("  ", figures)
	}
	if s.Says != "" {
		line(s.Says)
	}
	if len(s.Inputs) > 0 {
		line("Where")
	}
	for _, in := range s.Inputs {
		name := in.symbolPiece().text
		label := title(in)
		from := in.Origin.String()
		if in.Source != "" {
			from += " [" + in.Source
			if in.Date != "" {
				from += ", " + in.Date
			}
			from += "]"
		}
		if label != name {
			name += " (" + label + ")"
		}
		line("  ", name, " = ", in.Shown(), ", ", from)
		if in.Note != "" {
			line("    ", in.Note)
		}
	}
	if s.Ignores != "" {
		line("Left out: ", s.Ignores)
	}
	if s.Source != "" {
		line("Source of the formula: [", s.Source, "]")
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

func title(v Var) string {
	if v.Label != "" {
		return v.Label
	}
	return strings.ReplaceAll(v.Name, "_", " ")
}
