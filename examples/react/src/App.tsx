import type { State } from 'dingtalk-qr';
import type {} from 'dingtalk-qr/react';
import { useState } from 'react';
import { getToken } from './site';

export function App({ backend }: { backend: string }) {
  const [isShown, show] = useState(true);
  const [clientId, setClientId] = useState('');
  const [events, setEvents] = useState<string[]>([]);
  const note = ({ type, detail }: CustomEvent<State>) => setEvents((events) => [...events, `${type} ${detail.status}`].slice(-12));
  return (
    <main>
      <button id="toggle" onClick={() => show(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
      </button>
      {isShown && (
        <dingtalk-qr
          backend={backend}
          getToken={getToken}
          texts={{ nextStep: 'React takes it from here.' }}
          ondingtalk-state={note}
          ondingtalk-created={({ detail }) => setClientId(detail.client_id)}
          ondingtalk-ended={note}
        />
      )}
      <output>{clientId}</output>
      <ol>
        {events.map((event, index) => (
          <li key={index}>{event}</li>
        ))}
      </ol>
    </main>
  );
}
