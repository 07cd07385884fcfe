//go:build !js

package view

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Shell is the start page as static HTML, readable before any code has loaded
// and without it. The page that takes its place draws the same elements, so
// that nothing jumps. Same input, same bytes.
func Shell() (string, error) {
	p := newPage()
	e := app.NewTestEngine()
	if err := e.Load(p); err != nil {
		return "", err
	}
	e.ConsumeAll()
	return compact(app.HTMLString(p))
}

var (
	tag       = regexp.MustCompile(`<([a-z0-9]+)((?: [a-z-]+(?:="[^"]*")?)*)>`)
	attribute = regexp.MustCompile(`[a-z-]+(?:="[^"]*")?`)
	void      = regexp.MustCompile(`^<(?:input|br|hr|img|meta|link)\b`)
)

// compact takes off go-app's indentation, which would show as spaces in a
// sentence, and puts attributes in order, which go-app does not.
func compact(text string) (string, error) {
	if strings.Contains(text, `\"`) || strings.Contains(text, `\u`) {
		return "", fmt.Errorf("the shell has an attribute that go-app writes as a Go string, not as HTML")
	}
	var b strings.Builder
	depth := 0
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		bare := strings.TrimLeft(line, " ")
		if strings.HasPrefix(bare, "</") {
			depth--
		}
		line = strings.TrimPrefix(line, strings.Repeat("  ", max(depth, 0)))
		b.WriteString(tag.ReplaceAllStringFunc(line, func(t string) string {
			m := tag.FindStringSubmatch(t)
			list := attribute.FindAllString(m[2], -1)
			sort.Strings(list)
			if len(list) == 0 {
				return "<" + m[1] + ">"
			}
			return "<" + m[1] + " " + strings.Join(list, " ") + ">"
		}))
		if strings.HasPrefix(bare, "<") && !strings.HasPrefix(bare, "</") && !strings.Contains(bare, "</") && !void.MatchString(bare) {
			depth++
		}
	}
	if depth != 0 {
		return "", fmt.Errorf("the shell's elements do not close")
	}
	// One block to a line, for those who read the file.
	out := b.String()
	for _, end := range []string{"</header>", "</h1>", "</h2>", "</p>", "</li>", "</tr>", "</ul>", "</section>", "</dd>", "</main>"} {
		out = strings.ReplaceAll(out, end, end+"\n")
	}
	return out, nil
}
