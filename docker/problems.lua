-- SPDX-License-Identifier: EUPL-1.2
-- What HAProxy cannot parse, it answers with pages of its own, whatever `errorfile` says (haproxy issue 3032; right from
-- 3.2 on). Such a page is the last thing on a connection: here it becomes our problem with that status.
local page = 'HTTP/1%.1 (%d%d%d) [%a%- ]+\r\nContent%-length: %d+\r\nCache%-Control: no%-cache\r\n' ..
    'Connection: close\r\nContent%-Type: text/html\r\n\r\n<html>'
local problems = {}
for _, status in ipairs({'400', '408', '500', '501'}) do
    local file = io.open('/etc/maatwerk/errors/' .. status .. '.http')
    local head, body = file:read('a'):match('^(.-)\n\n(.*)$')
    problems[status] = head:gsub('\n', '\r\n') .. '\r\nconnection: close\r\n\r\n' .. body
    file:close()
end

local Problems = {id = 'problems', flags = 0}
Problems.__index = Problems

function Problems:new()
    return setmetatable({}, Problems)
end

function Problems:start_analyze(_, channel)
    if channel:is_resp() then
        filter.register_data_filter(self, channel)
    end
end

function Problems:tcp_payload(_, channel)
    if channel:data(-15, -1) ~= '</body></html>\n' then
        return
    end
    local data = channel:data(0, -1)
    local from, _, status = data:find(page)
    if from and problems[status] then
        channel:set(problems[status], from - 1, #data - from + 1)
    end
end

core.register_filter('problems', Problems, function(made)
    return made
end)
