package calls

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
)

// TestTypical holds the median over time and the share of the requests with company
// against what can be counted by hand.
func TestTypical(t *testing.T) {
	request := func(begin, end int64) record.Request { return record.Request{Begin: begin, End: end} }
	for _, tt := range []struct {
		name                 string
		asked                []record.Request
		typical, accompanied float64
		none                 bool
	}{
		{"none", nil, 0, 0, true},
		{"one", []record.Request{request(0, 10)}, 1, 0, false},
		{"one after the other", []record.Request{request(0, 10), request(10, 20), request(20, 30)}, 1, 0, false},
		{"two at once, then one", []record.Request{request(0, 60), request(0, 60), request(60, 100)}, 2, 2.0 / 3, false},
		{"two at once for too short", []record.Request{request(0, 40), request(0, 40), request(40, 100)}, 1, 2.0 / 3, false},
		{"four, with a long rest", []record.Request{request(0, 30), request(0, 30), request(0, 30), request(0, 30), request(90, 100)}, 0, 0.8, false},
		{"an instant", []record.Request{request(5, 5)}, 0, 0, false},
	} {
		typical, ok := typical(tt.asked)
		share, also := accompanied(tt.asked)
		if ok == tt.none || also == tt.none || typical != tt.typical || share != tt.accompanied {
			t.Errorf("%s: %v, %v, %v, %v; want %v and %v", tt.name, typical, ok, share, also, tt.typical, tt.accompanied)
		}
	}
}
