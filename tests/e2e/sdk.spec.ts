import { createRequire } from 'node:module';
import type { Config as ConfigType } from '@alicloud/openapi-client';
import { studio, studioApp } from './support/dingtalk.js';
import { expect, test } from './support/world.js';

// The packages are CommonJS, and the documented entrances bring no types.
const require = createRequire(import.meta.url);
const oauth2 = require('@alicloud/dingtalk/oauth2_1_0') as typeof import('@alicloud/dingtalk/dist/oauth2_1_0/client.js');
const contact = require('@alicloud/dingtalk/contact_1_0') as typeof import('@alicloud/dingtalk/dist/contact_1_0/client.js');
const { Config } = require('@alicloud/openapi-client') as typeof import('@alicloud/openapi-client');
const { RuntimeOptions } = require('@alicloud/tea-util') as typeof import('@alicloud/tea-util');

test("DingTalk's own SDK signs a person in, renews the token and reads the profile", async ({ world }) => {
  const tokens = new oauth2.default(config(world.dingtalk.url));
  const people = new contact.default(config(world.dingtalk.url));
  const profile = async (xAcsDingtalkAccessToken: string) => {
    const headers = new contact.GetUserHeaders({ xAcsDingtalkAccessToken });
    return (await people.getUserWithOptions('me', headers, new RuntimeOptions({}))).body!;
  };

  const code = await world.dingtalk.oauthCode('zhangwei');
  const first = (await tokens.getUserToken(byCode(code))).body!;
  expect(first).toMatchObject({ expireIn: 7200, corpId: studio });
  expect(await profile(first.accessToken!)).toMatchObject({
    nick: 'Wei',
    unionId: 'simUnionZhangWei0001iEiE',
    email: 'zhangwei@example.com',
    stateCode: '86',
  });

  const { refreshToken } = first;
  const renewed = (await tokens.getUserToken(userToken({ refreshToken, grantType: 'refresh_token' }))).body!;
  expect(renewed.accessToken).not.toBe(first.accessToken);
  expect((await profile(renewed.accessToken!)).unionId).toBe('simUnionZhangWei0001iEiE');
});

test("DingTalk's own SDK gets an app's token", async ({ world }) => {
  const tokens = new oauth2.default(config(world.dingtalk.url));
  const { clientId: appKey, clientSecret: appSecret } = studioApp;

  const { body } = await tokens.getAccessToken(new oauth2.GetAccessTokenRequest({ appKey, appSecret }));

  expect(body).toMatchObject({ expireIn: 7200, accessToken: expect.stringMatching(/^\w{16,}$/) });
});

test("DingTalk's own SDK is told in DingTalk's words what is wrong", async ({ world }) => {
  const tokens = new oauth2.default(config(world.dingtalk.url));
  const people = new contact.default(config(world.dingtalk.url));
  const code = await world.dingtalk.oauthCode('lina');
  await tokens.getUserToken(byCode(code));

  await expect(tokens.getUserToken(byCode(code))).rejects.toMatchObject({
    code: 'invalidParameter.authCode.notFound',
  });
  const headers = new contact.GetUserHeaders({ xAcsDingtalkAccessToken: 'nobodys' });
  await expect(people.getUserWithOptions('me', headers, new RuntimeOptions({}))).rejects.toMatchObject({
    code: 'InvalidAuthentication',
  });
});

/** As the SDK's examples have it, but for the place. */
function config(url: string): ConfigType {
  return new Config({ protocol: 'http', endpoint: new URL(url).host, regionId: 'central' });
}

function byCode(code: string) {
  return userToken({ code, grantType: 'authorization_code' });
}

function userToken(wish: { code?: string; refreshToken?: string; grantType: string }) {
  return new oauth2.GetUserTokenRequest({ ...studioApp, ...wish });
}
