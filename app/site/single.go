//go:build !js

package site

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"path"
	"regexp"
	"strings"
)

var (
	linkTag   = regexp.MustCompile(`[ \t]*<link\b[^>]*>\n?`)
	scriptTag = regexp.MustCompile(`<script\b([^>]*)></script>`)
	imgSrc    = regexp.MustCompile(`(<img\b[^>]*\bsrc=)"(web/[^"]*)"`)
	attribute = regexp.MustCompile(`\b([a-z-]+)(?:="([^"]*)")?`)
	cspPart   = regexp.MustCompile(`(?s)<!-- begin:csp -->.*<!-- end:csp -->\n?`)
	cssURL    = regexp.MustCompile(`url\(\s*['"]?([^'")]*)`)
	endScript = regexp.MustCompile(`(?i)</(script)`)
)

// singleFile folds the page and all that it loads into one document that works
// from file://, where a page may fetch nothing: styles and scripts inline, each
// allowed by its hash, icons as data, the wasm as base64 of its gzip in a block
// that is data to the browser.
func singleFile(page []byte, files map[string][]byte) ([]byte, error) {
	var (
		err             error
		scripts, styles []string
		deferred        bytes.Buffer
	)
	fail := func(format string, a ...any) string {
		if err == nil {
			err = fmt.Errorf(SingleFile+": "+format, a...)
		}
		return ""
	}
	content := func(name string) string {
		b, ok := files[name]
		if !ok {
			fail("%s does not exist", name)
		}
		return string(b)
	}
	html := string(page)
	html = linkTag.ReplaceAllStringFunc(html, func(tag string) string {
		a := attributes(tag)
		href := a["href"]
		switch rel := a["rel"]; {
		case rel == "stylesheet":
			css := content(href)
			for _, u := range cssURL.FindAllStringSubmatch(css, -1) {
				if !strings.HasPrefix(u[1], "data:") && !strings.HasPrefix(u[1], "#") {
					return fail("%s refers to %s; a style may refer to nothing outside itself", href, u[1])
				}
			}
			styles = append(styles, allow(css))
			return "<style>" + css + "</style>\n"
		case rel == "icon":
			return fmt.Sprintf("<link rel=\"icon\" href=\"%s\">\n", dataURI(href, content(href)))
		case strings.HasPrefix(href, "web/") || href == "app.wasm":
			return "" // preloads, manifest, touch icons: of no use to one file
		}
		return tag
	})
	html = scriptTag.ReplaceAllStringFunc(html, func(tag string) string {
		a := attributes(scriptTag.FindStringSubmatch(tag)[1])
		src, ok := a["src"]
		if !ok {
			return tag
		}
		if a["type"] == "module" {
			return fail("%s is a module; one file needs a classic script", src)
		}
		if strings.Contains(content(src), "<!--") {
			return fail("%s holds <!--, which HTML reads inside a script", src)
		}
		// Inside a script "</script" would end it; in a string or a
		// comment, the only places it can stand, "<\/script" means the same.
		js := endScript.ReplaceAllString(content(src), `<\/$1`)
		scripts = append(scripts, allow(js))
		fmt.Fprintf(&deferred, "<script>%s</script>\n", js)
		return ""
	})
	html = imgSrc.ReplaceAllStringFunc(html, func(img string) string {
		m := imgSrc.FindStringSubmatch(img)
		return m[1] + `"` + dataURI(m[2], content(m[2])) + `"`
	})

	var wasm bytes.Buffer
	z, e := gzip.NewWriterLevel(&wasm, gzip.BestCompression)
	if e != nil {
		return nil, e
	}
	if _, e := z.Write(files["app.wasm"]); e != nil {
		return nil, e
	}
	if e := z.Close(); e != nil {
		return nil, e
	}
	held := ""
	for _, name := range [...]string{"accuracy-serving", "accuracy-steps"} {
		if data, ok := files["web/data/"+name+".json"]; ok {
			held += "<script type=\"text/plain\" id=\"" + name + "\">" + strings.ReplaceAll(string(data), "</", "<\\/") + "</script>\n"
		}
	}
	body := held + fmt.Sprintf("<script type=\"text/plain\" id=\"app-wasm\">%s</script>\n%s</body>",
		base64.StdEncoding.EncodeToString(wasm.Bytes()), deferred.String())
	if strings.Count(html, "</body>") != 1 {
		fail("the page needs exactly one </body>")
	}
	html = strings.Replace(html, "</body>", body, 1)

	p := sitePolicy
	p.script = strings.Join(scripts, " ") + " 'wasm-unsafe-eval'"
	p.style = strings.Join(styles, " ")
	p.img = "data: blob:"
	p.connect, p.font, p.manifest = "", "", ""
	p.worker = "blob:"
	html = cspPart.ReplaceAllLiteralString(html, cspMeta(p)+"\n")
	if m := localRef.FindString(strings.SplitN(html, "<body", 2)[0]); m != "" {
		fail("%s is still outside", m)
	}
	return []byte(html), err
}

func attributes(tag string) map[string]string {
	a := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		a[m[1]] = m[2]
	}
	return a
}

func dataURI(name, content string) string {
	kind, _, _ := strings.Cut(contentTypes[path.Ext(name)], ";")
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString([]byte(content))
}
