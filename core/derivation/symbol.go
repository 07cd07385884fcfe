package derivation

import "strings"

// A symbol is a Var's light LaTeX in its parts: N_a, n_{kv}, \eta, t_{step}^{max}.
type symbol struct{ base, sub, sup string }

// greek are the commands that a symbol may hold.
var greek = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ",
	"mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
	"Delta": "Δ", "Sigma": "Σ", "Phi": "Φ", "Omega": "Ω", "ell": "ℓ",
}

// readSymbol takes light LaTeX apart; ok is false for anything richer, which
// then prints as words.
func readSymbol(s string) (sym symbol, ok bool) {
	at := &sym.base
	for s != "" {
		switch c := s[0]; c {
		case '\'': // a prime behind the letter, D'
			if sym.base == "" || sym.sup != "" {
				return sym, false
			}
			for s != "" && s[0] == '\'' {
				sym.sup, s = sym.sup+"′", s[1:]
			}
		case '_', '^':
			s = s[1:]
			if at = &sym.sub; c == '^' {
				at = &sym.sup
			}
			if *at != "" || sym.base == "" {
				return sym, false
			}
			group, rest, ok := readGroup(s)
			if !ok || group == "" {
				return sym, false
			}
			*at, s = group, rest
			at = nil
		default:
			piece, rest, ok := readPiece(s)
			if !ok || at == nil { // text behind a subscript belongs to nothing
				return sym, false
			}
			*at, s = *at+piece, rest
		}
	}
	return sym, sym.base != ""
}

// readGroup reads {many} or one piece.
func readGroup(s string) (group, rest string, ok bool) {
	if !strings.HasPrefix(s, "{") {
		return readPiece(s)
	}
	s = s[1:]
	for s != "" && s[0] != '}' {
		var piece string
		if piece, s, ok = readPiece(s); !ok {
			return "", "", false
		}
		group += piece
	}
	if s == "" {
		return "", "", false
	}
	return group, s[1:], true
}

// readPiece reads one character, a Greek command or a word in \mathrm or \text.
func readPiece(s string) (piece, rest string, ok bool) {
	switch {
	case s == "" || strings.ContainsRune("{}_^$&#%~/", rune(s[0])):
		return "", "", false
	case s[0] != '\\':
		for i := range s { // the first whole character
			if i > 0 {
				return s[:i], s[i:], true
			}
		}
		return s, "", true
	}
	n := 1
	for n < len(s) && isLetter(s[n]) && s[n] != '_' {
		n++
	}
	command := s[1:n]
	rest = s[n:]
	if g, known := greek[command]; known {
		return g, strings.TrimPrefix(rest, " "), true
	}
	if command == "mathrm" || command == "text" {
		if word, after, closed := strings.Cut(strings.TrimPrefix(rest, "{"), "}"); closed && strings.HasPrefix(rest, "{") && !strings.ContainsAny(word, `\{$`) {
			return word, after, true
		}
	}
	return "", "", false
}

// name is what stands for a quantity in a formula: its symbol, or its label in words.
func (v Var) name() piece {
	if upper, lower, ratio := strings.Cut(v.Symbol, "/"); ratio { // D/N
		_, okU := readSymbol(upper)
		if _, okL := readSymbol(lower); okU && okL {
			a, b := (Var{Symbol: upper}).name(), (Var{Symbol: lower}).name()
			return piece{node: mrow(a.node, mo("/"), b.node), latex: a.latex + "/" + b.latex, text: a.text + "/" + b.text, prec: product, flat: product}
		}
	}
	sym, ok := readSymbol(v.Symbol)
	if !ok {
		label := v.Label
		if v.Symbol != "" {
			label = v.Symbol
		}
		if label == "" {
			label = strings.ReplaceAll(v.Name, "_", " ")
		}
		return piece{node: Node{Tag: "mtext", Text: label}, latex: `\text{` + escapeLaTeX(label) + `}`, text: label, prec: atom, flat: atom}
	}
	p := piece{node: letters(sym.base), latex: latexWord(sym.base), text: sym.base, prec: atom, flat: atom}
	switch {
	case sym.sub != "" && sym.sup != "":
		p.node = Node{Tag: "msubsup", Children: []Node{p.node, letters(sym.sub), letters(sym.sup)}}
	case sym.sub != "":
		p.node = Node{Tag: "msub", Children: []Node{p.node, letters(sym.sub)}}
	case sym.sup != "":
		p.node = Node{Tag: "msup", Children: []Node{p.node, letters(sym.sup)}}
		p.prec = power
	}
	if sym.sub != "" {
		p.latex += "_{" + latexWord(sym.sub) + "}"
		p.text += "_" + sym.sub
	}
	switch {
	case strings.HasPrefix(sym.sup, "′"):
		p.latex += strings.ReplaceAll(sym.sup, "′", "'")
		p.text += sym.sup
	case sym.sup != "":
		p.latex += "^{" + latexWord(sym.sup) + "}"
		p.text += "^" + sym.sup
		p.flat = power
	}
	return p
}

// letters is an italic letter, an upright word or a number.
func letters(s string) Node {
	switch {
	case allDigits(s):
		return Node{Tag: "mn", Text: s}
	case strings.Trim(s, "*+′") == "": // marks: the optimum's star, a prime
		return Node{Tag: "mo", Text: s}
	case strings.ContainsAny(s, " ,./-"):
		return Node{Tag: "mtext", Text: s}
	case len([]rune(s)) == 1:
		return Node{Tag: "mi", Text: s}
	}
	return Node{Tag: "mi", Text: s, Attrs: [][2]string{{"mathvariant", "normal"}}}
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func latexWord(s string) string {
	if allDigits(s) || strings.Trim(s, "*+") == "" {
		return s
	}
	if len([]rune(s)) == 1 {
		for command, g := range greek {
			if g == s {
				return `\` + command
			}
		}
		return escapeLaTeX(s)
	}
	return `\mathrm{` + escapeLaTeX(s) + `}`
}

var latexEscapes = strings.NewReplacer(`\`, `\backslash `, `{`, `\{`, `}`, `\}`, `$`, `\$`, `%`, `\%`, `&`, `\&`, `#`, `\#`, `_`, `\_`, `^`, `\^{}`, `~`, `\~{}`)

func escapeLaTeX(s string) string { return latexEscapes.Replace(s) }
