package transcript

import (
	"strings"

	"earshot/internal/domain"
)

var roles = map[string]domain.Speaker{
	"agent": domain.Agent, "rep": domain.Agent, "representative": domain.Agent, "sales rep": domain.Agent, "advisor": domain.Agent, "operator": domain.Agent,
	"support": domain.Agent, "ivr": domain.Agent, "system": domain.Agent, "salesperson": domain.Agent, "sales": domain.Agent, "seller": domain.Agent, "csr": domain.Agent,
	"customer service": domain.Agent, "customer service representative": domain.Agent, "sales representative": domain.Agent, "account executive": domain.Agent,
	"support agent": domain.Agent, "consultant": domain.Agent, "specialist": domain.Agent, "technician": domain.Agent, "receptionist": domain.Agent, "dispatcher": domain.Agent,
	"customer": domain.Customer, "client": domain.Customer, "caller": domain.Customer, "prospect": domain.Customer, "lead": domain.Customer, "buyer": domain.Customer,
	"user": domain.Customer, "guest": domain.Customer, "patient": domain.Customer, "member": domain.Customer, "subscriber": domain.Customer,
	"speaker_1": domain.Speaker1, "speaker_2": domain.Speaker2,
}

// cast gives speakers to names: agent and customer by their role ("Agent", "Rep", "Customer", "Caller"). Beside one of these a
// single other name is the other side; otherwise names are speaker_1 and speaker_2 in order, and every further one is
// speaker_2. "" stands for a line without a name: speaker_1, like all voices of a recording that nobody told apart.
type cast map[string]domain.Speaker

func castOf(names []string) cast {
	c := cast{}
	var others []string
	known := map[domain.Speaker]bool{}
	for _, n := range names {
		key := keyOf(n)
		if _, seen := c[key]; seen {
			continue
		}
		role, ok := roleOf(key)
		c[key] = role
		if !ok && key != "" {
			others = append(others, key)
		}
		known[role] = true
	}
	if _, ok := c[""]; ok {
		c[""] = domain.Speaker1
	}
	for i, key := range others {
		switch {
		case len(others) == 1 && known[domain.Agent] && !known[domain.Customer]:
			c[key] = domain.Customer
		case len(others) == 1 && known[domain.Customer] && !known[domain.Agent]:
			c[key] = domain.Agent
		case i == 0 && !known[domain.Speaker1]:
			c[key] = domain.Speaker1
		default:
			c[key] = domain.Speaker2
		}
	}
	return c
}

func (c cast) speaker(name string) domain.Speaker { return c[keyOf(name)] }

func keyOf(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// roleOf knows a role by itself, numbered ("Agent 2") or with a name behind it ("Agent (Mary)").
func roleOf(key string) (domain.Speaker, bool) {
	if r, ok := roles[key]; ok {
		return r, true
	}
	first, rest, found := strings.Cut(key, " ")
	if found && (strings.HasPrefix(rest, "(") || strings.Trim(rest, "0123456789") == "") {
		r, ok := roles[first]
		return r, ok
	}
	return "", false
}
