package view

// The reader's choice of light or dark; empty follows the system.
func themeNow() string {
	switch t := stored("flopbook-theme"); t {
	case "light", "dark":
		return t
	}
	return ""
}

func otherTheme(now string) string {
	dark := now == "dark" || now == "" && systemDark()
	if dark {
		return "light"
	}
	return "dark"
}
