//go:build !js

package site

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// A policy is the content security policy of a page: what it may load at all.
type policy struct {
	script, style string
	img, connect  string
	font, worker  string
	manifest      string
}

// sitePolicy allows what lies beside the page and nothing else. data: and blob:
// are for pictures that the page draws itself.
var sitePolicy = policy{
	script:   "'self' 'wasm-unsafe-eval'",
	style:    "'self'",
	img:      "'self' data: blob:",
	connect:  "'self'",
	font:     "'self'",
	worker:   "'self'",
	manifest: "'self'",
}

func (p policy) String() string {
	rules := []string{"default-src 'none'"}
	for _, r := range [][2]string{
		{"script-src", p.script}, {"style-src", p.style}, {"img-src", p.img}, {"connect-src", p.connect},
		{"font-src", p.font}, {"worker-src", p.worker}, {"manifest-src", p.manifest},
	} {
		if r[1] != "" {
			rules = append(rules, r[0]+" "+r[1])
		}
	}
	return strings.Join(append(rules, "base-uri 'none'", "form-action 'none'"), "; ")
}

// cspMeta puts the policy into the page, for hosts that send no header.
func cspMeta(p policy) string {
	return `<meta http-equiv="Content-Security-Policy" content="` + p.String() + `">`
}

// allow is the source expression for one inline script or style.
func allow(inline string) string {
	sum := sha256.Sum256([]byte(inline))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
