package send

import (
	"cmp"
	"fmt"

	"agenttrace/lib/otlp"
)

// Resource returns what the environment says of the resource: the service name
// of OTEL_SERVICE_NAME, else of OTEL_RESOURCE_ATTRIBUTES, and the other attributes
// there. If these cannot be read, there are none, and an error.
func Resource(getenv func(string) string) (service string, list []otlp.KeyValue, err error) {
	pairs, err := Pairs(getenv("OTEL_RESOURCE_ATTRIBUTES"))
	if err != nil {
		return getenv("OTEL_SERVICE_NAME"), nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES is %w", err)
	}
	for _, kv := range pairs {
		if kv.Key == "service.name" {
			service = kv.Value
		} else {
			list = append(list, kv)
		}
	}
	return cmp.Or(getenv("OTEL_SERVICE_NAME"), service), list, nil
}
