package record

// Sandbox says what stood between the runs and the machine.
type Sandbox struct {
	Mode string `json:"mode" oneof:"auto,require,off"` // auto, require or off: what was asked for
	// Layers are those that this program knows, the strongest first.
	Layers []Layer `json:"layers"`
}

// Layer is one means of keeping a run to itself.
type Layer struct {
	Name   string `json:"name"`             // such as landlock
	Detail string `json:"detail,omitempty"` // such as "ABI 7"
	Active bool   `json:"active"`
	// Reason says why it is missing, Fix what would give it; both are empty where
	// it is active, Fix also where nothing is known to help.
	Reason string `json:"why,omitempty"`
	Fix    string `json:"fix,omitempty"`
}

// Active names the layers that are active, and Missing those that are not.
func (s *Sandbox) Active() []string { return s.names(true) }

// Missing names the layers that are not active.
func (s *Sandbox) Missing() []string { return s.names(false) }

func (s *Sandbox) names(active bool) []string {
	var names []string
	if s == nil {
		return nil
	}
	for _, l := range s.Layers {
		if l.Active == active {
			names = append(names, l.Name)
		}
	}
	return names
}
