// Package price knows what a model costs: dated prices by class of token, the
// rates of long requests, and what multiplies them.
//
// # Where prices come from
//
// The table is compiled from two collections, which are kept by different
// people and checked against each other by a test: genai-prices of Pydantic and
// the model catalogue of pi-ai; see NOTICE. The first is the base; the second
// adds the models that are newer, the largest output, and how long a cache
// lives. What neither has (fast, batch, flex, priority, where a model runs, on
// which side of a threshold a request of exactly its size is) is kept by hand
// in modifiers.go, with the source of each. make prices fetches both anew; see
// the command in gen. Nothing is read or fetched at run time.
//
// # Money
//
// There is no floating point here. A [Rate] is an integer; a cost is a number
// of nano-dollars (10^-9 USD), rounded once a request.
//
// # Unknown is unknown
//
// A model that is not in the table has no price. Names are matched by what is
// known to mean nothing for the price (a date, a region, the vendor in front),
// never by their beginning: claude-opus-5-6 is not a claude-opus-5. A class that
// a row has no price for is [Unknown]: a price of cache reads in particular is
// never derived, since it is anything from 0.025 to 0.5 of the input.
//
// # Files of prices
//
// [Parse] reads rows that stand before those of the table: one JSON object a
// line. Prices are in USD per million tokens:
//
//	{"model":"my-model","input":3,"output":15,"cache_read":0.3,"cache_write_5m":3.75,"cache_write_1h":6}
//	{"model":"my-model","from":"2026-09-01","input":2,"output":10,"tiers":[{"over":200000,"input":4,"output":20}]}
//
// model, input and output are required. The others: provider; from, the day on
// which the row begins to hold (of several rows of a model the latest that has
// begun counts); tiers, each with over (it holds for requests of more input
// tokens than that, cached ones included) or at_least, and its own prices;
// web_search, USD a search; context_window and max_output, in tokens; and
// source. What a row of a model in the table does not say of those is as it is
// there, but for from and tiers. Other keys are an error, as they are likely to
// be misspelt.
package price
