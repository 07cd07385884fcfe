module flopbook

go 1.26

require github.com/maxence-charriere/go-app/v10 v10.1.11

require golang.org/x/tools v0.30.0 // indirect

require (
	github.com/andybalholm/brotli v1.2.0
	github.com/expr-lang/expr v1.17.7
	github.com/fsnotify/fsnotify v1.5.4 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/websocket v1.5.0 // indirect
	github.com/vugu/vgrun v0.0.0-20221010231011-b56916c1e8c2 // indirect
	golang.org/x/sys v0.30.0 // indirect
	gonum.org/v1/gonum v0.17.0
)

tool github.com/vugu/vgrun
