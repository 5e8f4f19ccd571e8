-- What an API key may do, as names with spaces between them. A key from before may do what it could do then.
ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL
    DEFAULT 'apps:read apps:write embed-tokens:write invitations:read invitations:write registrations:write tickets:redeem users:read users:write';
