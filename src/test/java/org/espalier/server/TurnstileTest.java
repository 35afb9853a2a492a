package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.espalier.server.Turnstile.Place;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    private final Turnstile turnstile = new Turnstile(2, 2);

    private static boolean isIn(Place place) throws InterruptedException {
        return place.await(0);
    }

    @Test
    void whoComesFirstIsLetInFirst() throws Exception {
        Place first = turnstile.enter();
        Place second = turnstile.enter();
        Place third = turnstile.enter();
        Place fourth = turnstile.enter();
        assertThat(isIn(first) && isIn(second)).isTrue();
        assertThat(isIn(third) || isIn(fourth)).isFalse();
        second.close();
        assertThat(isIn(third)).isTrue();
        assertThat(isIn(fourth)).isFalse();
        assertThat(turnstile.inside()).isEqualTo(2);
        assertThat(turnstile.waiting()).isEqualTo(1);
    }

    @Test
    void whoFindsTheQueueFullIsTurnedAway() {
        for (int i = 0; i < 4; i++) {
            turnstile.enter();
        }
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(turnstile::enter)
                .satisfies(e -> assertThat(e.status()).isEqualTo(429));
    }

    @Test
    void whoLeavesTheQueueMakesRoomInIt() throws Exception {
        Place first = turnstile.enter();
        turnstile.enter();
        Place gone = turnstile.enter();
        Place last = turnstile.enter();
        gone.close();
        turnstile.enter();
        first.close();
        assertThat(isIn(gone)).isFalse();
        assertThat(isIn(last)).isTrue();
    }

    @Test
    void leavingTwiceMakesRoomForOne() throws Exception {
        Place first = turnstile.enter();
        turnstile.enter();
        turnstile.enter();
        Place fourth = turnstile.enter();
        first.close();
        first.close();
        assertThat(isIn(fourth)).isFalse();
        assertThat(turnstile.inside()).isEqualTo(2);
    }
}
