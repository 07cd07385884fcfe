# Reads go test -json. Prints the output of what failed, and last a line
# "PASSED FAILED SKIPPED". A package that fails without a failed test (it does
# not compile, or it panics) counts as one failure.

# plain undoes the JSON of the field NAME in one event.
function plain(line, name,   at, rest, out, c) {
  at = index(line, "\"" name "\":\"")
  if (!at) return ""
  rest = substr(line, at + length(name) + 4)
  while ((c = substr(rest, 1, 1)) != "\"" && c != "") {
    if (c != "\\") { out = out c; rest = substr(rest, 2); continue }
    c = substr(rest, 2, 1)
    if (c == "n") out = out "\n"
    else if (c == "t") out = out "\t"
    else if (c == "u") { out = out sprintf("%c", hex(substr(rest, 3, 4))); rest = substr(rest, 5) }
    else out = out c
    rest = substr(rest, 3)
  }
  return out
}
function hex(s,   i, n) {
  for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", tolower(substr(s, i, 1))) - 1
  return n
}
function show(key,   i, n, lines) {
  n = split(said[key], lines, "\n")
  for (i = 1; i < n; i++) printf "%s", plain(lines[i], "Output")
}
!match($0, /"Action":"[a-z-]*"/) { print; next }
{
  action = substr($0, RSTART + 10, RLENGTH - 11)
  pkg = match($0, /"Package":"[^"]*"/) ? substr($0, RSTART + 11, RLENGTH - 12) : ""
  test = match($0, /"Test":"([^"\\]|\\.)*"/) ? substr($0, RSTART + 8, RLENGTH - 9) : ""
  key = pkg SUBSEP test
}
action == "output" { said[key] = said[key] $0 "\n" }
action == "build-output" { said["build"] = said["build"] $0 "\n" }
action == "pass" { if (test != "") passed++; delete said[key] }
action == "skip" { if (test != "") skipped++; delete said[key] }
action == "fail" && test != "" { failed++; bad[pkg] = 1; print pkg, test; show(key) }
action == "fail" && test == "" && !(pkg in bad) { failed++; print pkg; show("build"); show(key); said["build"] = "" }
END { printf "\n%d %d %d\n", passed, failed, skipped }
