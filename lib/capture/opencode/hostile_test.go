package opencode

import (
	"testing"

	"agenttrace/lib/capture/payload/payloadtest"
)

func TestHostile(t *testing.T) {
	sent := `{"type":"message.part.updated","properties":{"part":` + botText + `}}`
	payloadtest.Hostile(t, Agent, sesInfo, userInfo, userText, botInfo, botThink, botText, botTool, botFail, botErr, botStep,
		`{"info":`+sesInfo+`,"messages":[{"info":`+botInfo+`,"parts":[`+botTool+`]}]}`,
		sent, `{"directory":"/w","payload":`+sent+`}`,
		`{"type":"session.error","properties":{"sessionID":"ses_1","error":{"name":"APIError","data":{"message":"x","statusCode":401}}}}`,
		`{"type":"session.status","properties":{"sessionID":"ses_1","status":{"type":"retry","attempt":1,"message":"x","next":1}}}`,
		`{"type":"tool_use","timestamp":1795332036001,"sessionID":"ses_1","part":`+botTool+`}`,
		`{"type":"error","timestamp":1795332036001,"sessionID":"ses_1","error":{"name":"E","data":{"message":"x"}}}`,
		`{"hook":"tool.execute.after","timestamp":1795332034900,"input":{"tool":"bash","sessionID":"ses_1","callID":"c"},"output":{"title":"make","output":"ok","metadata":{"exit":1}}}`,
		`{"id":"prt_3","messageID":"msg_1","sessionID":"ses_1","type":"retry","attempt":2,"error":{"name":"APIError","data":{"message":"x","statusCode":529}},"time":{"created":1795332034002}}`,
	)
}
