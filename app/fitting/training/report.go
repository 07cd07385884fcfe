//go:build !js

package training

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Print writes the proof as text.
func (p *Proof) Print(w io.Writer) {
	fmt.Fprintln(w, "Errors are predicted/measured - 1 of rows that the constants have not seen, in %. Each source is predicted by a fit")
	fmt.Fprintln(w, "without it; where its family, precision and kind of model have one source, by a fit without its model size.")
	fmt.Fprintln(w, choices)

	fmt.Fprintln(w, "\nTIME OF A STEP")
	printAsked(w, p.Time, "sources")
	fmt.Fprintln(w, "\nMEMORY OF A GPU")
	printAsked(w, p.Memory, "sources")
	fmt.Fprintln(w, "  other tools tell out-of-memory rows from fitting ones with 79 to 92 % on 800 of these rows (research/simulators.md 1b; not recomputed here)")
	fmt.Fprintln(w, "\nRANKING: loss of the layout predicted fastest against the fastest measured, sets of 5 layouts or more")
	printAsked(w, p.Rank, "sets")
	for _, r := range p.RankBy {
		fmt.Fprintf(w, "  %-42s %3d sets %5d layouts  median %5.1f  mean %6.1f\n", r.Name, r.Sets, r.Layouts, 100*r.Median, 100*r.Mean)
	}
	fmt.Fprintln(w, "  peers, on the sets of which they answer 5 layouts or more")
	for _, r := range p.PeerRank {
		fmt.Fprintf(w, "    %-40s %3d sets %5d layouts  median %5.1f  mean %6.1f\n", r.Name, r.Sets, r.Layouts, 100*r.Median, 100*r.Mean)
	}

	fmt.Fprintln(w, "\nFAMILIES OF RUNS")
	printLines(w, p.Families, true)
	fmt.Fprintln(w, "\nBY SCALE")
	printLines(w, p.Scales, true)
	fmt.Fprintln(w, "\nACCELERATOR, PRECISION AND KIND OF MODEL")
	printLines(w, p.Cells, true)
	fmt.Fprintln(w, "\nSOURCES")
	printLines(w, p.Groups, false)
	fmt.Fprintln(w, "\nALL")
	printLines(w, []Line{p.All}, true)
	fmt.Fprintln(w, "\nPEERS on all of these rows that they answer: rows, mean, median, 90th percentile, bias; ours on the same rows")
	for _, l := range p.PeersAll {
		fmt.Fprintf(w, "  %-34s %5d  %6.1f %6.1f %6.1f %+6.1f    ours %5.1f %5.1f %5.1f %+5.1f\n", l.Name, l.Theirs.Rows,
			100*l.Theirs.Mean, 100*l.Theirs.Median, 100*l.Theirs.P90, 100*l.Theirs.Bias, 100*l.Ours.Mean, 100*l.Ours.Median, 100*l.Ours.P90, 100*l.Ours.Bias)
	}
}

// choices says what was decided with the errors in view.
const choices = `Chosen with these errors in view: the settings of the fit (spread and bend of its loss, spreads of the prior); that
gradients go in buckets; that a collective beside a pipeline's messages waits in proportion to its members; that weights
gathered by lists cost a copy for each tensor and rank, and broadcasts one message for each rank; that an allocator short
of room gives its memory back; that BigScience's branch of Megatron-DeepSpeed is software of its own; the bytes of each
stack's loss and of eager attention, counted in its source. No constant was set to a source's error.`

func printAsked(w io.Writer, list []Asked, of string) {
	fmt.Fprintf(w, "  %-50s %9s %7s %6s %8s\n", "", "asked", "ours", "rows", of)
	for i := range list {
		a := &list[i]
		asked, met := "", ""
		switch {
		case a.AtLeast > 0 && a.Bound > 0:
			asked = fmt.Sprintf("%.0f to %.0f", 100*a.AtLeast, 100*a.Bound)
		case a.AtLeast > 0:
			asked = fmt.Sprintf(">= %.0f", 100*a.AtLeast)
		case a.Bound > 0:
			asked = fmt.Sprintf("<= %.0f", 100*a.Bound)
		}
		if asked != "" {
			met = "met"
			if !a.Met() {
				met = "MISSED"
			}
		}
		fmt.Fprintf(w, "  %-50s %9s %7.1f %6d %8d  %-6s %s\n", a.Name, asked, 100*a.Got, a.Rows, a.Sources, met, a.Remark)
		var peers []string
		for _, l := range a.Peers {
			s := fmt.Sprintf("%s %.1f on %d", l.Name, 100*a.Stat(l.Theirs), l.Theirs.Rows)
			if l.Theirs.Rows != a.Rows {
				s += fmt.Sprintf(" (ours %.1f)", 100*a.Stat(l.Ours))
			}
			peers = append(peers, s)
		}
		for _, text := range wrap("peers: ", strings.Join(peers, "; "), 110) {
			fmt.Fprintf(w, "      %s\n", text)
		}
	}
}

// wrap breaks a list split at "; " into lines.
func wrap(first, list string, width int) (lines []string) {
	if list == "" {
		return nil
	}
	at := first
	for i, part := range strings.Split(list, "; ") {
		if i > 0 {
			at += "; "
			if utf8.RuneCountInString(at+part) > width {
				lines, at = append(lines, strings.TrimRight(at, " ")), strings.Repeat(" ", len(first))
			}
		}
		at += part
	}
	return append(lines, at)
}

// printLines prints errors; mark says whether one source alone is remarked on.
func printLines(w io.Writer, lines []Line, mark bool) {
	fmt.Fprintf(w, "  %-38s %5s %7s %6s %6s %6s %6s  %13s  %11s  %11s\n", "", "", "", "", "", "", "", "over sources", "inside 80 %", "zero-shot")
	fmt.Fprintf(w, "  %-38s %5s %7s %6s %6s %6s %6s  %6s %6s  %5s %5s  %5s %5s\n", "", "rows", "sources", "mean", "median", "p90", "bias", "mean", "median", "rows", "src", "mean", "med")
	for i := range lines {
		l := &lines[i]
		e := l.Errors
		if e.Rows == 0 {
			fmt.Fprintf(w, "  %-38s %5d  %s\n", l.Name, 0, l.Mark())
			continue
		}
		remark := ""
		if mark {
			remark = l.Mark()
		}
		inside := "    -     -"
		if l.Rows80 > 0 {
			inside = fmt.Sprintf("%5.0f     -", 100*l.Rows80)
			if l.Wide > 0 {
				inside = fmt.Sprintf("%5.0f %5.0f", 100*l.Rows80, 100*l.Sources80)
			}
		}
		fmt.Fprintf(w, "  %-38s %5d %7d %6.1f %6.1f %6.1f %+6.1f  %6.1f %6.1f  %11s  %5.1f %5.1f  %s\n", clip(l.Name, 38), e.Rows, l.Sources, 100*e.Mean, 100*e.Median, 100*e.P90, 100*e.Bias,
			100*l.MacroMean, 100*l.MacroMedian, inside, 100*l.ZeroShot.Mean, 100*l.ZeroShot.Median, remark)
	}
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
